#include "base/percent.h"

#include <string.h>

#include "base/mem.h"

static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool percent_decode(const char *text, char *out, size_t size)
{
    size_t length = 0;
    for (; *text; text++) {
        if (length + 1 >= size)
            return false;
        char c = *text;
        if (c == '%') {
            int high = hex_value(text[1]);
            int low = high < 0 ? -1 : hex_value(text[2]);
            if (low < 0 || high + low == 0)
                return false;
            c = (char)(high * 16 + low);
            text += 2;
        }
        out[length++] = c;
    }
    if (length >= size)
        return false;
    out[length] = '\0';
    return true;
}

char *percent_encode(const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = mem_alloc(strlen(text) * 3 + 1);
    char *next = out;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (strchr(unreserved, c)) {
            *next++ = (char)c;
        } else {
            *next++ = '%';
            *next++ = digits[c >> 4];
            *next++ = digits[c & 15];
        }
    }
    return out;
}
