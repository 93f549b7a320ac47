/* The RST of the old API site, one call a document:
 *
 *     .. code-block:: javascript
 *         POST /v1/images
 *
 *     This table shows the body parameters for the request:
 *
 *     +------+------------------------+-------------+
 *     |Name  |Type                    |Description  |
 *     +======+========================+=============+
 *     |name  |xsd:string *(Required)* |Name for the |
 *     |      |                        |image.       |
 *     +------+------------------------+-------------+
 */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/reference/reading.h"

#define CELL_MAX_BYTES (16 * BUF_KIB)

enum {
    CELL_NAME,
    CELL_TYPE,
    CELL_DESCRIPTION,
    CELL_COUNT
};

/* What a table is about, by the words of the line that announces it. */
static const struct {
    const char *words;
    enum atom_kind kind;
} captions[] = {
    {"possible response codes", ATOM_STATUS},
    {"for the request:", ATOM_REQUEST},
    {"for the response:", ATOM_RESPONSE},
};

struct grid {
    struct reading *reading;
    enum atom_kind kind;
    bool announced; /* a caption was read, and its table is not over yet */
    bool in_table;
    bool in_body; /* past the border below the head */
    bool in_row;
    size_t line; /* of the row's first line */
    struct buf cells[CELL_COUNT];
};

static bool is_border(const char *text)
{
    return (text_starts_with(text, "+-") || text_starts_with(text, "+=")) &&
           text[strspn(text, "+-=")] == '\0';
}

static bool recognises(const struct page *page)
{
    bool call = false;
    bool table = false;
    for (size_t i = 0; i < page->count; i++) {
        CLEANUP(text) char *found = atom_call(page->lines[i].text);
        call = call || found;
        table = table || is_border(page->lines[i].text);
    }
    return call && table;
}

static const char *required_of(const char *type)
{
    if (strstr(type, "(Required)"))
        return "required";
    return strstr(type, "(Optional)") ? "optional" : NULL;
}

static void end_row(struct grid *grid)
{
    const char *name = grid->cells[CELL_NAME].data;
    const char *type = grid->cells[CELL_TYPE].data;
    CLEANUP(text) char *plain_type = mem_dup_n(type, strcspn(type, " "));
    const struct reading_field field = {.kind = grid->kind,
                                        .line = grid->line,
                                        .name = name,
                                        .in = "body",
                                        .type = *plain_type ? plain_type : NULL,
                                        .required = required_of(type),
                                        .description = grid->cells[CELL_DESCRIPTION].data};
    if (!*name)
        reading_complain(grid->reading, grid->line, "a row of the table has no name");
    else if (grid->kind == ATOM_STATUS)
        reading_add_statuses(grid->reading, grid->line, name);
    else
        reading_add_field(grid->reading, &field);
}

static void clear_row(struct grid *grid)
{
    for (size_t i = 0; i < CELL_COUNT; i++)
        buf_clear(&grid->cells[i]);
    grid->in_row = false;
}

static void complain_no_border(struct grid *grid)
{
    reading_complain(grid->reading, grid->line, "a row of the table that no border ends");
}

static void read_border(struct grid *grid, const struct page_line *line)
{
    if (!grid->announced)
        reading_complain(grid->reading, line->number, "a table that no line announces");
    if (grid->in_row && grid->in_body)
        end_row(grid);
    clear_row(grid);
    grid->in_table = grid->announced;
    grid->in_body = grid->in_body || line->text[1] == '=';
}

static void put_cell(struct buf *cell, const char *text, size_t length)
{
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length > 0 && cell->length > 0)
        buf_putc(cell, ' ');
    buf_append(cell, text, length);
}

static void read_row_line(struct grid *grid, const struct page_line *line)
{
    const char *at = line->text + 1;
    size_t count = 0;
    for (const char *end; (end = strchr(at, '|')); at = end + 1) {
        if (count < CELL_COUNT)
            put_cell(&grid->cells[count], at, (size_t)(end - at));
        count++;
    }
    if (count != CELL_COUNT || *at)
        reading_complain(grid->reading, line->number,
                         "a line of the table has %zu cells, expected %d between |", count, CELL_COUNT);
    if (!grid->in_row)
        grid->line = line->number;
    grid->in_row = true;
}

/* What is neither border nor cells ends a table, and may announce the next. */
static void read_text(struct grid *grid, const char *text)
{
    if (grid->in_row)
        complain_no_border(grid);
    grid->announced = grid->announced && !grid->in_table;
    grid->in_table = false;
    clear_row(grid);
    for (size_t i = 0; i < sizeof captions / sizeof *captions; i++) {
        if (!strstr(text, captions[i].words))
            continue;
        grid->kind = captions[i].kind;
        grid->announced = true;
        grid->in_body = false;
    }
}

static void read_line(struct grid *grid, const struct page_line *line)
{
    CLEANUP(text) char *call = atom_call(line->text);
    if (call)
        reading_begin_call(grid->reading, line->number, line->text);
    else if (is_border(line->text))
        read_border(grid, line);
    else if (grid->in_table && *line->text == '|')
        read_row_line(grid, line);
    else
        read_text(grid, line->text);
}

static void read_document(struct reading *reading)
{
    struct grid grid = {.reading = reading};
    for (size_t i = 0; i < CELL_COUNT; i++)
        buf_init(&grid.cells[i], CELL_MAX_BYTES);
    for (size_t i = 0; i < reading->page->count; i++)
        read_line(&grid, &reading->page->lines[i]);
    if (grid.in_row)
        complain_no_border(&grid);
    for (size_t i = 0; i < CELL_COUNT; i++)
        buf_fini(&grid.cells[i]);
}

const struct reader reader_site_rst = {"site_rst", "RST of the old API site", recognises, read_document};
