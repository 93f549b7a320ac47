/* What comes from a subject is any bytes; what a report is made of is not. */
#ifndef REPORTS_ESCAPE_H
#define REPORTS_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Length in bytes (1 to 4) of the UTF-8 character at `text`, of which `left` bytes are there; 0 when there
 * is none (RFC 3629: no overlong form, no surrogate, nothing past U+10FFFF). */
size_t escape_utf8(const char *text, size_t left);
/* All of it UTF-8 without control characters (U+0080 to U+009F are some, and those that change the direction
 * of writing) other than tab, newline, return. */
bool escape_is_text(const char *bytes, size_t length);
/* UTF-8 with U+FFFD in place of every byte that is none: owned, NUL-terminated. */
char *escape_to_utf8(const char *bytes, size_t length);
/* As an XML 1.0 attribute value or text: U+FFFD in place of what XML cannot hold. */
void escape_xml(FILE *out, const char *text);
/* One line: control characters as \n, \t, \xNN, bytes that are no UTF-8 as \xNN. */
void escape_line(FILE *out, const char *text);
char *escape_to_line(const char *text); /* the same: owned */
/* The same, of `most` bytes at most and " (cut)" where there were more. */
char *escape_to_short_line(const char *text, size_t most);
/* As one word of a shell, quoted as far as needed: 'text', or $'text' for control characters. No word of a
 * shell holds a NUL. */
void escape_shell(FILE *out, const char *bytes, size_t length);
/* RFC 4648, section 4: owned. */
char *escape_base64(const char *bytes, size_t length);
/* And back: owned, NUL behind the bytes. False when it is none, or not the one way to write those bytes. */
bool escape_unbase64(const char *text, char **ret_bytes, size_t *ret_length);

#endif
