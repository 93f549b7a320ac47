/* Media types (RFC 9110, 8.3.1). */
#ifndef MOCK_MEDIA_TYPE_H
#define MOCK_MEDIA_TYPE_H

#include <stdbool.h>

/* Whether a Content-Type (NULL for none) is `type`, with whatever parameters. */
bool media_type_is(const char *content_type, const char *type);

#endif
