#include "conformance/spec/problems.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool is_full(const struct problems *problems)
{
    return problems->count > PROBLEMS_MAX;
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

/* What each row of a matrix finds again is said once, and does not use up the room of others. */
static bool is_known(const struct problems *problems, const struct err *item)
{
    for (size_t i = 0; i < problems->count; i++) {
        if (compare_items(&problems->items[i], item) == 0)
            return true;
    }
    return false;
}

/* Past the limit one last problem says that there are more. */
static void append(struct problems *problems, const struct err *item)
{
    if (is_full(problems) || is_known(problems, item))
        return;
    struct err *added = mem_append(&problems->items, &problems->count);
    *added = *item;
    if (!is_full(problems))
        return;
    *added = (struct err)ERR_INIT;
    err_set(added, ERR_LIMIT, "there are more than %d problems; mend these first", PROBLEMS_MAX);
}

void problems_add(struct problems *problems, struct yaml_place place, const char *format, ...)
{
    struct err item = ERR_INIT;
    char text[sizeof item.text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set_at(&item, ERR_VALUE, place.file ? place.file : "", place.line, place.column, "%s", text);
    append(problems, &item);
}

void problems_add_err(struct problems *problems, const struct err *err)
{
    append(problems, err);
}

void problems_sort(struct problems *problems)
{
    if (problems->count)
        qsort(problems->items, problems->count, sizeof *problems->items, compare_items);
}

void problems_fini(struct problems *problems)
{
    if (!problems)
        return;
    free(problems->items);
    *problems = (struct problems){0};
}
