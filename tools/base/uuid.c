#include "base/uuid.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    RANDOM_BYTES = 16,
    POOL_UUIDS = 64
};

/* Random bytes are taken from the kernel 64 UUIDs at a time: a server makes one for every answer. */
static void random_bytes(unsigned char out[static RANDOM_BYTES])
{
    static _Thread_local unsigned char pool[RANDOM_BYTES * POOL_UUIDS];
    static _Thread_local size_t left;
    if (left == 0) {
        if (getrandom(pool, sizeof pool, 0) != (ssize_t)sizeof pool)
            abort(); /* never fails for 256 bytes and more once the machine has booted */
        left = POOL_UUIDS;
    }
    left--;
    memcpy(out, pool + left * RANDOM_BYTES, RANDOM_BYTES);
}

static bool dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void uuid_make(char out[static UUID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[RANDOM_BYTES];
    random_bytes(bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* variant 1 */
    char *next = out;
    for (int i = 0; i < RANDOM_BYTES; i++) {
        if (dash_before(i))
            *next++ = '-';
        *next++ = digits[bytes[i] >> 4];
        *next++ = digits[bytes[i] & 15];
    }
    *next = '\0';
}

bool uuid_valid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    for (; shape[i] && text[i]; i++)
        if (shape[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    return !shape[i] && !text[i];
}
