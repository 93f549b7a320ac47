#include "reports/escape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool continues(const char *text, size_t count)
{
    for (size_t i = 1; i <= count; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return false;
    }
    return true;
}

size_t escape_utf8(const char *text, size_t left)
{
    unsigned char first = (unsigned char)text[0];
    unsigned char second = left > 1 ? (unsigned char)text[1] : 0;
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf && left >= 2 && continues(text, 1))
        return 2;
    bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool surrogate = first == 0xed && second > 0x9f;
    bool too_large = first == 0xf4 && second > 0x8f;
    if (overlong || surrogate || too_large)
        return 0;
    if (first >= 0xe0 && first <= 0xef && left >= 3 && continues(text, 2))
        return 3;
    if (first >= 0xf0 && first <= 0xf4 && left >= 4 && continues(text, 3))
        return 4;
    return 0;
}

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

/* Unicode's bidirectional controls (UAX 9, section 2) show a line in another order than that of its bytes:
 * U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static bool is_bidi(const char *text, size_t character)
{
    const unsigned char *c = (const unsigned char *)text;
    if (character == 2)
        return c[0] == 0xd8 && c[1] == 0x9c;
    return character == 3 && c[0] == 0xe2 &&
           ((c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae))) ||
            (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
}

/* A terminal obeys U+0080 to U+009F as well: U+009B begins what ESC [ begins. */
static bool is_shown(const char *text, size_t character)
{
    bool is_c1 = character == 2 && (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0;
    return character > 0 && !is_c1 && !is_control((unsigned char)text[0]) && !is_bidi(text, character);
}

bool escape_is_text(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t character = escape_utf8(bytes + i, length - i);
        bool blank = bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r';
        if (!is_shown(bytes + i, character) && !blank)
            return false;
        i += character;
    }
    return true;
}

char *escape_to_utf8(const char *bytes, size_t length)
{
    char *out = mem_alloc(length * strlen(REPLACEMENT) + 1);
    char *next = out;
    for (size_t i = 0; i < length;) {
        size_t character = escape_utf8(bytes + i, length - i);
        if (character == 0 || bytes[i] == '\0') {
            next = mempcpy(next, REPLACEMENT, strlen(REPLACEMENT));
            i++;
        } else {
            memcpy(next, bytes + i, character);
            next += character;
            i += character;
        }
    }
    return out;
}

static const struct {
    char plain;
    const char *escaped;
} xml_escapes[] = {
    {'&', "&amp;"},   {'<', "&lt;"},   {'>', "&gt;"},  {'"', "&quot;"},
    {'\'', "&apos;"}, {'\n', "&#10;"}, {'\t', "&#9;"}, {'\r', "&#13;"},
};

static const char *xml_escape(char c)
{
    for (size_t i = 0; i < sizeof xml_escapes / sizeof *xml_escapes; i++) {
        if (xml_escapes[i].plain == c)
            return xml_escapes[i].escaped;
    }
    return NULL;
}

/* XML 1.0, production 2: no control characters, no U+FFFE and U+FFFF. */
static bool fits_xml(const char *text, size_t character)
{
    if (character == 1)
        return (unsigned char)*text >= 0x20;
    return character != 3 || (memcmp(text, "\xef\xbf\xbe", 3) != 0 && memcmp(text, "\xef\xbf\xbf", 3) != 0);
}

void escape_xml(FILE *out, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t character = escape_utf8(text, left);
        const char *escaped = xml_escape(*text);
        if (escaped)
            fputs(escaped, out);
        else if (character > 0 && fits_xml(text, character))
            fwrite(text, 1, character, out);
        else
            fputs(REPLACEMENT, out);
        text += character ? character : 1;
        left -= character ? character : 1;
    }
}

void escape_line(FILE *out, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t character = escape_utf8(text, left);
        bool shown = is_shown(text, character);
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '\t')
            fputs("\\t", out);
        else if (shown)
            fwrite(text, 1, character, out);
        else
            fprintf(out, "\\x%02x", (unsigned char)*text);
        text += shown ? character : 1;
        left -= shown ? character : 1;
    }
}

static bool is_plain_word(const char *bytes, size_t length)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=@%+,";
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\0' || !strchr(plain, bytes[i]))
            return false;
    }
    return length > 0;
}

static void shell_ansi(FILE *out, const char *bytes, size_t length)
{
    fputs("$'", out);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (is_control(c) || c >= 0x80)
            fprintf(out, "\\x%02x", c);
        else if (c == '\'' || c == '\\')
            fprintf(out, "\\%c", c);
        else
            fputc(c, out);
    }
    fputc('\'', out);
}

static bool is_one_line(const char *bytes, size_t length)
{
    return escape_is_text(bytes, length) && !memchr(bytes, '\n', length) && !memchr(bytes, '\r', length) &&
           !memchr(bytes, '\t', length);
}

void escape_shell(FILE *out, const char *bytes, size_t length)
{
    if (is_plain_word(bytes, length)) {
        fwrite(bytes, 1, length, out);
        return;
    }
    if (!is_one_line(bytes, length)) {
        shell_ansi(out, bytes, length);
        return;
    }
    fputc('\'', out);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\'')
            fputs("'\\''", out);
        else
            fputc(bytes[i], out);
    }
    fputc('\'', out);
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *escape_base64(const char *bytes, size_t length)
{
    const char *digits = base64_digits;
    char *out = mem_alloc((length + 2) / 3 * 4 + 1);
    char *next = out;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < length ? (unsigned char)bytes[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            *next++ = i + k <= length ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

static uint32_t base64_value(char digit)
{
    if (digit >= 'a')
        return (uint32_t)(digit - 'a') + 26;
    if (digit >= 'A')
        return (uint32_t)(digit - 'A');
    if (digit >= '0')
        return (uint32_t)(digit - '0') + 52;
    return digit == '+' ? 62 : 63;
}

bool escape_unbase64(const char *text, char **ret_bytes, size_t *ret_length)
{
    size_t digits = strspn(text, base64_digits);
    size_t length = digits / 4 * 3 + (digits % 4 ? digits % 4 - 1 : 0);
    char *bytes = mem_alloc(length + 1);
    uint32_t group = 0;
    size_t written = 0;
    for (size_t i = 0; i < digits; i++) {
        group = group << 6 | base64_value(text[i]);
        if (i % 4 != 0)
            bytes[written++] = (char)(group >> (6 - i % 4 * 2) & 0xff);
    }
    /* Whatever else was wrong shows when it is written again. */
    char *again = escape_base64(bytes, length);
    bool same = strcmp(again, text) == 0;
    free(again);
    if (!same) {
        free(bytes);
        return false;
    }
    *ret_bytes = bytes;
    *ret_length = length;
    return true;
}

char *escape_to_line(const char *text)
{
    char *line = NULL;
    size_t length;
    FILE *out = open_memstream(&line, &length);
    if (!out)
        abort();
    escape_line(out, text);
    fclose(out);
    return line;
}

char *escape_to_short_line(const char *text, size_t most)
{
    static const char mark[] = " (cut)";
    char *line = escape_to_line(text);
    if (strlen(line) <= most)
        return line;
    while (most > 0 && ((unsigned char)line[most] & 0xc0) == 0x80) /* a character stays whole */
        most--;
    line = mem_resize(line, most + sizeof mark, 1);
    memcpy(line + most, mark, sizeof mark);
    return line;
}
