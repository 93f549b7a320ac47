/* The in-tree RST of OpenStack, as os-api-ref renders it, whole or in a copy that has lost its blank lines
 * and indentation, or has a gutter of `|`:
 *
 *     .. rest_method::  GET /v2/images       begins a call, the next title of a section ends it
 *     Normal response codes: 200
 *     Error response codes: 400, 401
 *     **Preconditions**                      bold or not, then a list with bullets
 *     Request                                a title; what follows are parameters, or fields of the answer
 *     -------
 *     .. rest_parameters:: FILE.yaml
 *        - name: name-in-file
 *     .. list-table::                        its first column are values
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/reference/reading.h"

#define SENTENCE_MAX_BYTES (16 * BUF_KIB)
#define HEAD_MAX_WORDS     3

struct rst {
    struct reading *reading;
    enum atom_kind field_kind; /* of the parameters that come next */
    char *heading;             /* in bold, owned; NULL: none since the last title */
};

/* ---- what begins a list of sentences ---- */

/* A line that is such a heading, bold or not, or that ends with such words. */
static const struct {
    const char *words; /* in lower case */
    bool alone;        /* the line has no more than a few words before these */
    enum atom_kind kind;
} heads[] = {
    {"preconditions", true, ATOM_PRECONDITION},
    {"postconditions", true, ATOM_POSTCONDITION},
    {"error responses", true, ATOM_REFUSAL},
    {"circumstances:", false, ATOM_REFUSAL},
    {"(forbidden) response code:", false, ATOM_REFUSAL},
    {"among the request headers:", false, ATOM_PRECONDITION},
    {"thus:", false, ATOM_POSTCONDITION},
    {"in any member object:", false, ATOM_POSTCONDITION},
};

static size_t count_words(const char *text)
{
    size_t words = 0;
    for (text += strspn(text, " "); *text; words++) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return words;
}

/* "Heading" of "**Heading**", as far as it is bold from end to end: owned, NULL otherwise. */
static char *bold_text(const char *text)
{
    size_t length = strlen(text);
    if (length < 5 || !text_starts_with(text, "**") || !text_ends_with(text, "**"))
        return NULL;
    return mem_dup_n(text + 2, length - 4);
}

static bool ends_with_words(const char *text, const char *words)
{
    size_t length = strlen(text);
    size_t wanted = strlen(words);
    return length >= wanted && strcasecmp(text + length - wanted, words) == 0;
}

static bool is_head(const char *text, enum atom_kind *ret_kind)
{
    CLEANUP(text) char *bold = bold_text(text);
    CLEANUP(text) char *alone = mem_dup(bold ? bold : text);
    if (text_ends_with(alone, ":"))
        alone[strlen(alone) - 1] = '\0';
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        bool found = heads[i].alone
                         ? ends_with_words(alone, heads[i].words) && count_words(alone) <= HEAD_MAX_WORDS
                         : ends_with_words(text, heads[i].words);
        if (found) {
            *ret_kind = heads[i].kind;
            return true;
        }
    }
    return false;
}

/* ---- what ends one ---- */

static bool is_title(const struct page *page, size_t index)
{
    return index + 1 < page->count && page_is_underline(page, index + 1);
}

static bool is_codes(const char *text)
{
    return strncasecmp(text, "normal response codes:", 22) == 0 ||
           strncasecmp(text, "error response codes:", 21) == 0;
}

/* Whether something else begins, even where no blank line says so. */
static bool is_mark(const struct page *page, size_t index)
{
    const char *text = page->lines[index].text;
    enum atom_kind kind;
    return is_title(page, index) || text_starts_with(text, ".. ") || is_codes(text) || is_head(text, &kind) ||
           text_starts_with(text, "**");
}

/* The whole item whose bullet is at `index`: owned. The line after it goes to *ret_next. */
static char *read_item(const struct page *page, size_t index, size_t *ret_next)
{
    struct buf item;
    size_t indent = page->lines[index].indent;
    buf_init(&item, SENTENCE_MAX_BYTES);
    buf_puts(&item, text_after_bullet(page->lines[index].text));
    for (index++; index < page->count; index++) {
        const struct page_line *line = &page->lines[index];
        if (text_after_bullet(line->text) || is_mark(page, index) ||
            (line->after_blank && line->indent <= indent))
            break;
        buf_printf(&item, " %s", line->text);
    }
    *ret_next = index;
    return buf_take(&item);
}

/* ---- the marks: each takes what it is about and gives the line after that ---- */

static size_t read_method(struct rst *rst, size_t index)
{
    const struct page *page = rst->reading->page;
    const char *text = strstr(page->lines[index].text, "::") + 2;
    text += strspn(text, " ");
    size_t number = page->lines[index].number;
    if (!*text && index + 1 < page->count)
        text = page->lines[++index].text;
    reading_begin_call(rst->reading, number, text);
    return index + 1;
}

static size_t read_codes(struct rst *rst, size_t index)
{
    const struct page *page = rst->reading->page;
    const char *codes = strchr(page->lines[index].text, ':') + 1;
    for (;;) {
        reading_add_statuses(rst->reading, page->lines[index++].number, codes);
        if (!text_ends_with(codes, ",") || index == page->count)
            return index;
        codes = page->lines[index].text;
    }
}

/* "name: name-in-file" */
static void read_parameter(struct rst *rst, const char *file, size_t line, const char *item)
{
    struct reading *reading = rst->reading;
    const char *colon = strstr(item, ": ");
    const char *reference = colon ? colon + 2 + strspn(colon + 2, " ") : "";
    if (!*reference) {
        reading_complain(reading, line, "\"%.80s\" is no parameter, expected name: name-in-file", item);
        return;
    }
    CLEANUP(text) char *name = mem_dup_n(item, (size_t)(colon - item));
    struct parameter parameter = {0};
    enum parameter_found found =
        parameter_find(reading->folder, file, reference, reading->problems, &parameter);
    if (found == PARAMETER_MISSING)
        reading_complain(reading, line, "%s has no parameter \"%.80s\"", file, reference);
    const char *required = parameter.required ? "required" : "optional";
    const struct reading_field field = {.kind = rst->field_kind,
                                        .line = line,
                                        .name = name,
                                        .entry = reference,
                                        .in = parameter.in,
                                        .type = parameter.type,
                                        .required = found == PARAMETER_FOUND ? required : NULL,
                                        .description = parameter.description};
    reading_add_field(reading, &field);
    free(parameter.description);
}

static size_t read_parameters(struct rst *rst, size_t index)
{
    const struct page *page = rst->reading->page;
    const char *file = strstr(page->lines[index].text, "::") + 2;
    file += strspn(file, " ");
    if (!*file || strchr(file, '/')) {
        reading_complain(rst->reading, page->lines[index].number, "\"%.80s\" is no file of the same folder",
                         file);
        return index + 1;
    }
    for (index++; index < page->count; index++) {
        const char *item = text_after_bullet(page->lines[index].text);
        if (!item)
            break;
        read_parameter(rst, file, page->lines[index].number, item);
    }
    return index;
}

static size_t header_rows(const char *text)
{
    static const char option[] = ":header-rows:";
    uint64_t rows;
    if (!text_starts_with(text, option))
        return 0;
    text += strlen(option);
    return number_parse_u64(text + strspn(text, " "), &rows) && rows < 10 ? (size_t)rows : 0;
}

static void read_table_row(struct rst *rst, const struct page_line *line, const char *cell)
{
    CLEANUP(text) char *value = mem_dup(cell);
    size_t length = strlen(value);
    bool marked = length > 4 && text_starts_with(value, "``") && text_ends_with(value, "``");
    if (marked)
        value[length - 2] = '\0';
    reading_add_value(rst->reading, line->number, rst->heading, marked ? value + 2 : value);
}

/* Rows are "* - first cell", and "- next cell" below it. */
static size_t read_table(struct rst *rst, size_t index)
{
    const struct page *page = rst->reading->page;
    size_t indent = page->lines[index].indent;
    size_t skipped = 0;
    for (index++; index < page->count && page->lines[index].indent > indent; index++) {
        const struct page_line *line = &page->lines[index];
        const char *row = text_starts_with(line->text, "* ") ? text_after_bullet(line->text) : NULL;
        const char *cell = row ? text_after_bullet(row) : NULL;
        if (!cell)
            skipped += header_rows(line->text);
        else if (skipped > 0)
            skipped--;
        else if (rst->heading)
            read_table_row(rst, line, cell);
    }
    return index;
}

static size_t read_sentences(struct rst *rst, size_t index, enum atom_kind kind)
{
    const struct page *page = rst->reading->page;
    for (index++; index < page->count && !text_after_bullet(page->lines[index].text); index++) {
        if (is_mark(page, index))
            return index;
    }
    size_t indent = index < page->count ? page->lines[index].indent : 0;
    while (index < page->count && text_after_bullet(page->lines[index].text) &&
           page->lines[index].indent >= indent) {
        size_t line = page->lines[index].number;
        CLEANUP(text) char *sentence = read_item(page, index, &index);
        reading_add_sentence(rst->reading, line, kind, sentence);
    }
    return index;
}

static size_t read_title(struct rst *rst, size_t index)
{
    const char *title = rst->reading->page->lines[index].text;
    free(TAKE(rst->heading));
    if (text_starts_with(title, "Request"))
        rst->field_kind = ATOM_REQUEST;
    else if (text_starts_with(title, "Response"))
        rst->field_kind = ATOM_RESPONSE;
    else
        reading_end_call(rst->reading);
    return index + 2;
}

/* ---- the document ---- */

static const struct {
    const char *start;
    size_t (*read)(struct rst *rst, size_t index);
} marks[] = {
    {".. rest_method::", read_method},     {".. rest_parameters::", read_parameters},
    {".. list-table::", read_table},       {"Normal response codes:", read_codes},
    {"Error response codes:", read_codes},
};

static size_t read_line(struct rst *rst, size_t index)
{
    const struct page *page = rst->reading->page;
    const char *text = page->lines[index].text;
    enum atom_kind kind;
    if (is_title(page, index))
        return read_title(rst, index);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (strncasecmp(text, marks[i].start, strlen(marks[i].start)) == 0)
            return marks[i].read(rst, index);
    }
    if (is_head(text, &kind))
        return read_sentences(rst, index, kind);
    char *bold = bold_text(text);
    if (bold) {
        free(rst->heading);
        rst->heading = bold;
    }
    return index + 1;
}

static void read_document(struct reading *reading)
{
    struct rst rst = {.reading = reading, .field_kind = ATOM_REQUEST};
    for (size_t index = 0; index < reading->page->count;)
        index = read_line(&rst, index);
    free(rst.heading);
}

static bool recognises(const struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        if (text_starts_with(page->lines[i].text, ".. rest_method::"))
            return true;
    }
    return false;
}

const struct reader reader_rst = {"rst", "RST of the service's own source tree", recognises, read_document};
