/* Random UUIDs (RFC 4122, version 4). */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>

#define UUID_LENGTH 36
#define UUID_SIZE   (UUID_LENGTH + 1)

void uuid_make(char out[static UUID_SIZE]);
/* The 36 characters of a UUID, hexadecimal digits of either case. */
bool uuid_is(const char *text);

#endif
