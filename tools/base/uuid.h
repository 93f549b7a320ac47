/* Random UUIDs (RFC 4122, version 4). */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>

#define UUID_SIZE 37 /* 36 characters and a NUL */

void uuid_make(char out[static UUID_SIZE]);
/* 8-4-4-4-12 hexadecimal digits of either case. */
bool uuid_valid(const char *text);

#endif
