/* Percent-encoding (RFC 3986, section 2.1). */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

/* Decodes %XX into out, with its NUL. False when it does not fit, a % is not followed by two hexadecimal
 * digits, or a NUL would come of it. */
bool percent_decode(const char *text, char *out, size_t size);
/* Everything but unreserved characters encoded: owned. */
char *percent_encode(const char *text);

#endif
