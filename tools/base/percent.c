#include "base/percent.h"

#include <ctype.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of the text, whose end is `end`; 0 when it is not well-formed. */
static char take_character(const char **at, const char *end, bool plus_is_space)
{
    char c = *(*at)++;
    if (c == '+' && plus_is_space)
        return ' ';
    if (c != '%')
        return c;
    if (end - *at < 2)
        return '\0';
    int high = hex_value((*at)[0]);
    int low = hex_value((*at)[1]);
    *at += 2;
    return (char)(high < 0 || low < 0 ? 0 : high << 4 | low);
}

bool percent_decode(const char *text, size_t length, bool plus_is_space, char *out, size_t size)
{
    const char *end = text + length;
    size_t used = 0;
    while (text < end) {
        char c = take_character(&text, end, plus_is_space);
        if (c == '\0' || used + 1 >= size)
            return false;
        out[used++] = c;
    }
    if (used >= size)
        return false;
    out[used] = '\0';
    return true;
}

void percent_encode(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("-._~", c))
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%02X", c);
    }
}
