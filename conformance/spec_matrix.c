#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec_internal.h"

#define ROWS_MAX 1000

/* Every row says the same things. */
static void check_row(struct spec_context *context, const struct yaml_node *first,
                      const struct yaml_node *row)
{
    for (size_t i = 0; i < row->count; i++) {
        read_name(context, &row->keys[i], "a column of a matrix");
        if (!yaml_get(first, row->keys[i].text))
            problems_add(context->problems, row->keys[i].place,
                         "\"%s\" is not in the first row of the matrix", row->keys[i].text);
    }
    for (size_t i = 0; i < first->count; i++) {
        if (!yaml_get(row, first->keys[i].text))
            problems_add(context->problems, row->place, "\"%s\" of the first row of the matrix is missing",
                         first->keys[i].text);
    }
}

static bool rows_are_sound(struct spec_context *context, const struct yaml_node *node)
{
    size_t before = context->problems->count;
    if (!read_is_sequence(context, node, "a matrix"))
        return false;
    if (node->count > ROWS_MAX)
        problems_add(context->problems, node->place, "a matrix of %zu rows, expected at most %d", node->count,
                     ROWS_MAX);
    for (size_t i = 0; i < node->count; i++) {
        if (read_is_mapping(context, &node->values[i], "a row of a matrix") &&
            node->values[0].kind == YAML_KIND_MAPPING)
            check_row(context, &node->values[0], &node->values[i]);
    }
    return context->problems->count == before;
}

void matrix_parse(struct spec_context *context, const struct yaml_node *node, struct matrix *matrix)
{
    *matrix = (struct matrix){0};
    if (!node) {
        mem_append(&matrix->rows, &matrix->count);
        return;
    }
    if (!rows_are_sound(context, node))
        return;
    for (size_t i = 0; i < node->count; i++) {
        struct matrix_row *row = mem_append(&matrix->rows, &matrix->count);
        row->values = yaml_to_json(&node->values[i]);
        row->node = &node->values[i];
    }
}

void matrix_fini(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++)
        json_decref(matrix->rows[i].values);
    free(matrix->rows);
}
