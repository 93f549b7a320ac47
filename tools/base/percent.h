/* Percent-encoding (RFC 3986, 2.1). */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Decodes `length` bytes into out (its NUL included in size). False when it does not fit, when a
 * `%` is not followed by two hexadecimal digits, or when a NUL would come out. */
bool percent_decode(const char *text, size_t length, bool plus_is_space, char *out, size_t size);
/* Appends the text with everything but unreserved characters encoded. */
void percent_encode(struct buf *out, const char *text);

#endif
