/* The RST that GNS3 generates from its handlers:
 *
 *     POST /v2/compute/qemu/img      a title that is a call
 *     ~~~~~~~~~~~~~~~~~~~~~~~~~
 *     Response status codes          a title; items "- **201**: text"
 *     *********************
 *     Input                          a title; an HTML table of name, mandatory, type and description
 *     *****
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/reference/reading.h"

enum {
    CELL_NAME,
    CELL_MANDATORY,
    CELL_TYPE,
    CELL_DESCRIPTION,
    CELL_COUNT
};

static bool is_call_title(const struct page *page, size_t index)
{
    CLEANUP(text) char *call = atom_call(page->lines[index].text);
    return call && index + 1 < page->count && page_is_underline(page, index + 1);
}

static bool recognises(const struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        if (is_call_title(page, i))
            return true;
    }
    return false;
}

/* "201" of "- **201**: text" */
static void read_status(struct reading *reading, const struct page_line *line)
{
    const char *item = text_after_bullet(line->text);
    const char *code = item && text_starts_with(item, "**") ? item + 2 : NULL;
    const char *end = code ? strstr(code, "**") : NULL;
    if (!end) {
        reading_complain(reading, line->number, "\"%.80s\" is no status code, expected - **CODE**: text",
                         line->text);
        return;
    }
    CLEANUP(text) char *text = mem_dup_n(code, (size_t)(end - code));
    reading_add_statuses(reading, line->number, text);
}

/* The texts of all <td> of a row, cut out of it; their count. */
static size_t split_row(char *row, const char *cells[CELL_COUNT])
{
    static const char begin[] = "<td>";
    static const char end[] = "</td>";
    size_t count = 0;
    for (char *at = strstr(row, begin); at; at = strstr(at, begin)) {
        char *text = at + strlen(begin);
        char *after = strstr(text, end);
        if (!after)
            return 0;
        *after = '\0';
        if (count < CELL_COUNT)
            cells[count] = text;
        count++;
        at = after + strlen(end);
    }
    return count;
}

static void read_row(struct reading *reading, const struct page_line *line)
{
    CLEANUP(text) char *row = mem_dup(line->text);
    const char *cells[CELL_COUNT];
    size_t count = split_row(row, cells);
    if (count != CELL_COUNT || !*cells[CELL_NAME]) {
        reading_complain(
            reading, line->number,
            "a row of the table has %zu cells that are whole, expected name, mandatory, type and "
            "description",
            count);
        return;
    }
    bool required = cells[CELL_MANDATORY][strspn(cells[CELL_MANDATORY], " ")] != '\0';
    const struct reading_field field = {.kind = ATOM_REQUEST,
                                        .line = line->number,
                                        .name = cells[CELL_NAME],
                                        .in = "body",
                                        .type = cells[CELL_TYPE],
                                        .required = required ? "required" : "optional",
                                        .description = cells[CELL_DESCRIPTION]};
    reading_add_field(reading, &field);
}

static void read_document(struct reading *reading)
{
    const struct page *page = reading->page;
    bool in_codes = false;
    for (size_t i = 0; i < page->count; i++) {
        const struct page_line *line = &page->lines[i];
        if (is_call_title(page, i))
            reading_begin_call(reading, line->number, line->text);
        else if (page_is_underline(page, i))
            in_codes = strcmp(page->lines[i - 1].text, "Response status codes") == 0;
        else if (in_codes && text_after_bullet(line->text))
            read_status(reading, line);
        else if (text_starts_with(line->text, "<tr><td>"))
            read_row(reading, line);
    }
}

const struct reader reader_gns3 = {"gns3", "RST that GNS3 generates", recognises, read_document};
