/* The plain text of the old API site: tables of parameters without a word of the calls that they belong to,
 * which a map beside the clauses tells (specs/README.md, "The reference").
 *
 *     Parameter | Style | Type | Description |
 *     ---|---|---|---|
 *     name (Optional) | query | xsd:string |
 *     Text, one or more lines. |
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/reference/reading.h"

static const char head[] = "Parameter | Style | Type | Description |";
static const char optional_mark[] = " (Optional)";

static bool recognises(const struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        if (strcmp(page->lines[i].text, head) == 0)
            return true;
    }
    return false;
}

/* "name | style |" and more: what describes it has one bar at most. */
static bool is_row(const char *text)
{
    const char *bar = strstr(text, " | ");
    return bar && strchr(bar + 3, '|') && !text_starts_with(text, "{") && !text_starts_with(text, "---");
}

/* The cell at *at without blanks around it, and the next one: owned; NULL when there is none. */
static char *next_cell(const char **at)
{
    const char *bar = strchr(*at, '|');
    if (!bar)
        return NULL;
    const char *text = *at + strspn(*at, " ");
    size_t length = bar > text ? (size_t)(bar - text) : 0;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    *at = bar + 1;
    return length > 0 ? mem_dup_n(text, length) : NULL;
}

static void read_row(struct reading *reading, const struct page_line *line, enum atom_kind kind)
{
    const char *at = line->text;
    CLEANUP(text) char *name = next_cell(&at);
    CLEANUP(text) char *style = next_cell(&at);
    CLEANUP(text) char *type = next_cell(&at);
    if (!name) {
        reading_complain(reading, line->number, "a row of the table has no name");
        return;
    }
    bool is_optional = text_ends_with(name, optional_mark);
    if (is_optional)
        name[strlen(name) - strlen(optional_mark)] = '\0';
    const struct reading_field field = {.kind = kind,
                                        .line = line->number,
                                        .name = name,
                                        .in = style,
                                        .type = type,
                                        .required = is_optional ? "optional" : NULL};
    reading_add_field(reading, &field);
}

/* NULL after complaining when the map ends before the tables do. */
static const struct table_map *begin_table(struct reading *reading, const struct page_line *line,
                                           size_t table)
{
    if (table >= reading->table_count) {
        if (reading->tables)
            reading_complain(reading, line->number, "this is table %zu, the map has %zu", table + 1,
                             reading->table_count);
        else
            reading_complain(reading, line->number, "no map tells the call that this table belongs to");
        return NULL;
    }
    const struct table_map *map = &reading->tables[table];
    if (!reading->call || strcmp(reading->call, map->call) != 0)
        reading_begin_call(reading, line->number, map->call);
    return map;
}

static void read_document(struct reading *reading)
{
    const struct page *page = reading->page;
    const struct table_map *map = NULL;
    size_t tables = 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct page_line *line = &page->lines[i];
        if (strcmp(line->text, head) == 0)
            map = begin_table(reading, line, tables++);
        else if (map && is_row(line->text))
            read_row(reading, line, map->kind);
    }
    if (tables < reading->table_count)
        problems_add(reading->problems, reading->tables[tables].place,
                     "the document has %zu tables, and this is the next", tables);
}

const struct reader reader_site_text = {"site_text", "plain text of the old API site", recognises,
                                        read_document};
