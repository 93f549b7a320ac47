#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec_internal.h"

#define MATRIX_ROWS_MAX 1000

/* Every key of `row` is one of `first`, and they are as many: then they are the same. */
static bool has_same_keys(const struct yaml_node *row, const struct yaml_node *first)
{
    for (size_t i = 0; i < row->count; i++) {
        if (!yaml_get(first, row->keys[i].text))
            return false;
    }
    return row->count == first->count;
}

/* What would look like a template and is none. */
static void refuse_variables(struct spec_context *context, const struct yaml_node *node)
{
    if (node->text && strstr(node->text, "${"))
        problems_add(context->problems, node->place,
                     "\"%s\" in a matrix: its values are taken as they stand, without variables", node->text);
    for (size_t i = 0; i < node->count; i++)
        refuse_variables(context, &node->values[i]);
}

static bool row_is_good(struct spec_context *context, const struct yaml_node *row,
                        const struct yaml_node *first)
{
    if (!read_is_mapping(context, row, "a row of a matrix"))
        return false;
    if (row->count == 0)
        problems_add(context->problems, row->place, "a row of a matrix without keys");
    else if (first->kind == YAML_KIND_MAPPING && !has_same_keys(row, first))
        problems_add(context->problems, row->place,
                     "a row of a matrix with other keys than the first one, at %zu:%zu", first->place.line,
                     first->place.column);
    for (size_t i = 0; i < row->count; i++)
        read_name(context, &row->keys[i], "a variable of a matrix");
    refuse_variables(context, row);
    return true;
}

static void add_rows(struct spec_context *context, const struct yaml_node *node, struct matrix *matrix)
{
    if (node->count > MATRIX_ROWS_MAX) {
        problems_add(context->problems, node->place, "a matrix of more than %d rows", MATRIX_ROWS_MAX);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *row = &node->values[i];
        if (row_is_good(context, row, &node->values[0]))
            *mem_append(&matrix->rows, &matrix->count) = (struct matrix_row){yaml_to_json(row), row};
    }
}

void matrix_parse(struct spec_context *context, const struct yaml_node *node, struct matrix *matrix)
{
    *matrix = (struct matrix){0};
    if (!node)
        mem_append(&matrix->rows, &matrix->count);
    else if (read_is_sequence(context, node, "a matrix"))
        add_rows(context, node, matrix);
}

void matrix_fini(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++)
        json_decref(matrix->rows[i].values);
    free(matrix->rows);
}
