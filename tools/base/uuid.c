#include "base/uuid.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char digits[] = "0123456789abcdef";

/* Random bytes for this thread, fetched from the kernel a page at a time: ids are made for every
 * answer, and a system call for each would be felt. */
static void random_bytes(uint8_t *out, size_t length)
{
    static _Thread_local uint8_t pool[4096];
    static _Thread_local size_t left;
    if (left < length) {
        for (size_t have = 0; have < sizeof pool; have += 256) { /* whole up to 256 bytes: getrandom(2) */
            if (getrandom(pool + have, 256, 0) != 256)
                abort();
        }
        left = sizeof pool;
    }
    left -= length;
    memcpy(out, pool + left, length);
}

static bool dash_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

void uuid_make(char out[static UUID_SIZE])
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* variant 1 */
    char *at = out;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (dash_at((size_t)(at - out)))
            *at++ = '-';
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
}

bool uuid_is(const char *text)
{
    for (size_t i = 0; i < UUID_LENGTH; i++) {
        if (dash_at(i) ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return text[UUID_LENGTH] == '\0';
}
