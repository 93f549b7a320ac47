#include "conformance/diff/normal.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define TEXT_MAX_BYTES (4 * BUF_MIB)
#define DIGEST_DIGITS  32 /* of the shortest, MD5 */
static const char hex_digits[] = "0123456789abcdefABCDEF";

/* In a form, d is a digit, h a hexadecimal one, a a letter; all else stands for itself. What follows of the
 * characters `rest` belongs to it. */
static const struct form {
    const char *form;
    const char *rest;
    const char *name;
} forms[] = {
    {"hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", "", "<uuid>"},
    {"dddd-dd-ddTdd:dd:dd", ".0123456789Z", "<time>"},
    {"aaa, dd aaa dddd dd:dd:dd GMT", "", "<time>"},
};

static bool fits(char wanted, char found)
{
    switch (wanted) {
    case 'd':
        return isdigit((unsigned char)found);
    case 'h':
        return isxdigit((unsigned char)found);
    case 'a':
        return isalpha((unsigned char)found);
    default:
        return wanted == found;
    }
}

/* How long what has that form is at the beginning of the text; 0: nothing has. */
static size_t form_length(const struct form *form, const char *text)
{
    size_t length = strlen(form->form);
    for (size_t i = 0; i < length; i++) {
        if (!fits(form->form[i], text[i]))
            return 0;
    }
    return length + strspn(text + length, form->rest);
}

static size_t take_form(struct buf *buf, const char *text)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t length = form_length(&forms[i], text);
        if (length > 0) {
            buf_puts(buf, forms[i].name);
            return length;
        }
    }
    return 0;
}

static size_t take_name(struct buf *buf, const char *text, const char *name, const char *placeholder)
{
    size_t length = name ? strlen(name) : 0;
    if (length == 0 || strncmp(text, name, length) != 0)
        return 0;
    buf_puts(buf, placeholder);
    return length;
}

static size_t take_digest(struct buf *buf, const char *text)
{
    size_t length = strspn(text, hex_digits);
    if (length < DIGEST_DIGITS)
        return 0;
    buf_printf(buf, "<%zu hex digits>", length);
    return length;
}

char *normal_text(const char *text, const struct normal_names *names)
{
    struct buf buf;
    buf_init(&buf, TEXT_MAX_BYTES);
    while (*text && !buf.full) {
        size_t taken = take_name(&buf, text, names->subject, "<subject>");
        taken = taken ? taken : take_name(&buf, text, names->run, "<run>");
        taken = taken ? taken : take_form(&buf, text);
        taken = taken ? taken : take_digest(&buf, text);
        if (taken == 0)
            buf_putc(&buf, *text);
        text += taken ? taken : 1;
    }
    return buf_take(&buf);
}
