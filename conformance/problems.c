#include "conformance/problems.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_full(const struct problems *problems)
{
    return problems->count > PROBLEMS_MAX;
}

/* Room for one more; NULL when there is none. Past the limit one last problem says so. */
static struct err *next_item(struct problems *problems)
{
    if (is_full(problems))
        return NULL;
    struct err *item = mem_append(&problems->items, &problems->count);
    *item = (struct err)ERR_INIT;
    if (problems->count <= PROBLEMS_MAX)
        return item;
    err_set(item, ERR_LIMIT, "there are more than %d problems; mend these first", PROBLEMS_MAX);
    return NULL;
}

void problems_add(struct problems *problems, struct yaml_place place, const char *format, ...)
{
    struct err *item = next_item(problems);
    if (!item)
        return;
    char text[sizeof item->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set_at(item, ERR_VALUE, place.file ? place.file : "", place.line, place.column, "%s", text);
}

void problems_add_err(struct problems *problems, const struct err *err)
{
    struct err *item = next_item(problems);
    if (item)
        *item = *err;
}

static int compare_sizes(size_t left, size_t right)
{
    return (left > right) - (left < right);
}

/* The one about there being more problems comes last. */
static int compare_items(const void *left_item, const void *right_item)
{
    const struct err *left = left_item;
    const struct err *right = right_item;
    int order = (left->code == ERR_LIMIT) - (right->code == ERR_LIMIT);
    if (!order)
        order = strcmp(left->source, right->source);
    if (!order)
        order = compare_sizes(left->line, right->line);
    if (!order)
        order = compare_sizes(left->column, right->column);
    return order ? order : strcmp(left->text, right->text);
}

void problems_sort(struct problems *problems)
{
    if (problems->count == 0)
        return;
    qsort(problems->items, problems->count, sizeof *problems->items, compare_items);
    size_t kept = 1;
    for (size_t i = 1; i < problems->count; i++) {
        if (compare_items(&problems->items[kept - 1], &problems->items[i]) != 0)
            problems->items[kept++] = problems->items[i];
    }
    problems->count = kept;
}

void problems_fini(struct problems *problems)
{
    if (!problems)
        return;
    free(problems->items);
    *problems = (struct problems){0};
}
