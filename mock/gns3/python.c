#include "mock/gns3/python.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXED_BELOW 1e16 /* from there on, float.__repr__ writes an exponent */

/* In single quotes, unless the text has some and no double ones. */
static void put_text(struct buf *out, const char *text, size_t length)
{
    char quote = memchr(text, '\'', length) && !memchr(text, '"', length) ? '"' : '\'';
    buf_putc(out, quote);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == (unsigned char)quote || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_puts(out, "\\n");
        else if (c == '\r')
            buf_puts(out, "\\r");
        else if (c == '\t')
            buf_puts(out, "\\t");
        else if (c < ' ' || c == 0x7f)
            buf_printf(out, "\\x%02x", c);
        else
            buf_putc(out, (char)c);
    }
    buf_putc(out, quote);
}

/* The shortest text that is this number again, and never one of an integer. */
static void put_real(struct buf *out, double value)
{
    char text[32];
    if (fabs(value) < FIXED_BELOW && value == (double)(int64_t)value) {
        buf_printf(out, "%.1f", value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buf_printf(out, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

static void put_array(struct buf *out, const json_t *array)
{
    size_t i;
    json_t *item;
    buf_putc(out, '[');
    json_array_foreach (array, i, item) {
        buf_puts(out, i ? ", " : "");
        python_put(out, item);
    }
    buf_putc(out, ']');
}

static void put_object(struct buf *out, const json_t *object)
{
    const char *name;
    json_t *value;
    const char *before = "{";
    json_object_foreach ((json_t *)(uintptr_t)object, name, value) {
        buf_puts(out, before);
        put_text(out, name, strlen(name));
        buf_puts(out, ": ");
        python_put(out, value);
        before = ", ";
    }
    buf_puts(out, *before == '{' ? "{}" : "}");
}

void python_put(struct buf *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_object(out, value);
        break;
    case JSON_ARRAY:
        put_array(out, value);
        break;
    case JSON_STRING:
        put_text(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        put_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        buf_puts(out, "True");
        break;
    case JSON_FALSE:
        buf_puts(out, "False");
        break;
    case JSON_NULL:
        buf_puts(out, "None");
        break;
    }
}
