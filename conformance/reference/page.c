#include "conformance/reference/page.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/escape.h"

#define BLANKS " \t\r"

/* What parsing remembers from one line to the next. */
struct paging {
    struct page *page;
    size_t number;
    bool after_blank;
    size_t bars; /* lines of a lone `|` since the last text */
};

static bool check_line(const struct paging *paging, const char *line, size_t length, struct err *err)
{
    const char *name = paging->page->name;
    if (length > PAGE_LINE_MAX_BYTES)
        return err_set_at(err, ERR_LIMIT, name, paging->number, 0,
                          "the line has %zu bytes, at most %u are read", length, PAGE_LINE_MAX_BYTES);
    if (!escape_is_text(line, length) || memchr(line, '\0', length))
        return err_set_at(err, ERR_SYNTAX, name, paging->number, 0,
                          "the line is no UTF-8 text without control characters");
    return true;
}

/* `line` is NUL-terminated. */
static void take_line(struct paging *paging, char *line)
{
    size_t length = strlen(line);
    while (length > 0 && strchr(BLANKS, line[length - 1]))
        line[--length] = '\0';
    size_t indent = strspn(line, BLANKS);
    if (*line == '\0') {
        paging->after_blank = true;
    } else if (strcmp(line + indent, "|") == 0) {
        paging->bars++;
    } else {
        *mem_append(&paging->page->lines, &paging->page->count) =
            (struct page_line){line + indent, paging->number, indent, paging->after_blank, paging->bars};
        paging->after_blank = false;
        paging->bars = 0;
    }
}

/* A gutter puts as many bars after each line, and after an empty line as many more. */
static void find_blanks(struct page *page)
{
    size_t gutter = SIZE_MAX;
    for (size_t i = 0; i < page->count; i++) {
        if (page->lines[i].bars > 0 && page->lines[i].bars < gutter)
            gutter = page->lines[i].bars;
    }
    for (size_t i = 0; i < page->count; i++)
        page->lines[i].after_blank = page->lines[i].after_blank || page->lines[i].bars > gutter;
}

bool page_parse(const char *name, const char *bytes, size_t length, struct page *ret_page, struct err *err)
{
    if (length > PAGE_MAX_BYTES)
        return err_set_at(err, ERR_LIMIT, name, 0, 0, "the document has %zu bytes, at most %u are read",
                          length, PAGE_MAX_BYTES);
    struct page page = {.name = mem_dup(name), .bytes = mem_dup_n(bytes, length)};
    struct paging paging = {.page = &page};
    char *end = page.bytes + length;
    for (char *line = page.bytes; line < end;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        char *line_end = newline ? newline : end;
        paging.number++;
        if (!check_line(&paging, line, (size_t)(line_end - line), err)) {
            page_fini(&page);
            return false;
        }
        *line_end = '\0';
        take_line(&paging, line);
        line = line_end + 1;
    }
    find_blanks(&page);
    *ret_page = page;
    return true;
}

void page_fini(struct page *page)
{
    free(page->name);
    free(page->bytes);
    free(page->lines);
    *page = (struct page){0};
}

bool text_starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

const char *text_after_bullet(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    bool bullet = digits == 0 ? *text == '-' || *text == '*' : text[digits] == '.';
    if (!bullet)
        return NULL;
    const char *after = text + digits + 1;
    size_t blanks = strspn(after, BLANKS);
    return blanks > 0 && after[blanks] ? after + blanks : NULL;
}

static bool is_rule(const char *text)
{
    size_t length = strlen(text);
    return length >= 3 && ispunct((unsigned char)*text) && strspn(text, (char[]){*text, '\0'}) == length;
}

/* Underlines may be longer than their titles, never shorter by more than a slip. */
bool page_is_underline(const struct page *page, size_t index)
{
    return index > 0 && is_rule(page->lines[index].text) && !is_rule(page->lines[index - 1].text) &&
           strlen(page->lines[index].text) + 2 >= strlen(page->lines[index - 1].text);
}
