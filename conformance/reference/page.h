/* A reference document as lines: the form in which every reader sees it.
 *
 * Text around a line is cut off and told as `indent` and `after_blank`, since copies of one document
 * differ in nothing else: some lost their blank lines, some have a gutter, lines of `|` between all others.
 */
#ifndef CONFORMANCE_REFERENCE_PAGE_H
#define CONFORMANCE_REFERENCE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define PAGE_MAX_BYTES      (1u << 20)
#define PAGE_LINE_MAX_BYTES 8192u

struct page_line {
    char *text;       /* without blanks at either end, never empty; borrowed from the page */
    size_t number;    /* 1-based, in the document */
    size_t indent;    /* blanks before the text */
    bool after_blank; /* an empty line comes before it */
    size_t bars;      /* lines of nothing but `|` before it */
};

struct page {
    char *name;  /* the document, as atoms and messages call it */
    char *bytes; /* owned; the lines point into it */
    struct page_line *lines;
    size_t count;
};

/* Only UTF-8 without control characters, bounded in size and in the length of a line; anything else is an
 * error with its line. */
bool page_parse(const char *name, const char *bytes, size_t length, struct page *ret_page, struct err *err);
void page_fini(struct page *page); /* accepts one that is all zero */

/* Words that several grammars use. */
bool text_starts_with(const char *text, const char *start);
bool text_ends_with(const char *text, const char *end);
/* The text after "- ", "* " or "1. " at the beginning of the line, NULL when it is no item of a list. */
const char *text_after_bullet(const char *text);
/* Whether the line consists of at least three times the same character and underlines the one before it. */
bool page_is_underline(const struct page *page, size_t index);

#endif
