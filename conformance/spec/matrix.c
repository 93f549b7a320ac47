#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

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
                     "a row of a matrix with other keys than the first one, at %u:%u", first->place.line,
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
            *mem_append(&matrix->rows, &matrix->count) = (struct matrix_row){row, NULL};
    }
}

/* ---- What a type does not have ------------------------------------------------------------------------ */

static void add_derived(struct matrix *matrix, const struct yaml_node *node, const char *kind, json_t *value)
{
    *mem_append(&matrix->rows, &matrix->count) =
        (struct matrix_row){node, json_pack("{s:s, s:o}", MATRIX_KIND, kind, MATRIX_VALUE, value)};
}

/* What JSON has beside numbers and texts. */
static void add_neither(struct matrix *matrix, const struct yaml_node *node)
{
    add_derived(matrix, node, "true", json_true());
    add_derived(matrix, node, "null", json_null());
    add_derived(matrix, node, "a list", json_pack("[i]", 1));
    add_derived(matrix, node, "an object", json_pack("{s:i}", "x", 1));
}

static void add_no_integers(struct matrix *matrix, const struct yaml_node *node)
{
    add_derived(matrix, node, "a text", json_string("1"));
    add_derived(matrix, node, "a fraction", json_real(1.5));
    add_neither(matrix, node);
}

static void add_no_strings(struct matrix *matrix, const struct yaml_node *node)
{
    add_derived(matrix, node, "a number", json_integer(1));
    add_derived(matrix, node, "a fraction", json_real(1.5));
    add_neither(matrix, node);
}

static bool is_listed(const struct yaml_node *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->values[i].text, text) == 0)
            return true;
    }
    return false;
}

static char *upper_case(const char *text)
{
    char *copy = mem_dup(text);
    for (char *at = copy; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return copy;
}

/* A text of no list, one that is nearly in it, and what is no text. */
static void add_no_words(struct matrix *matrix, const struct yaml_node *node, const struct yaml_node *list)
{
    CLEANUP(text) char *capitals = upper_case(list->values[0].text);
    CLEANUP(text) char *longer = mem_printf("%s ", list->values[0].text);
    const struct {
        const char *kind;
        const char *text;
    } words[] = {{"an unknown word", "unlisted"},
                 {"an empty text", ""},
                 {"capitals", capitals},
                 {"a blank behind it", longer}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!is_listed(list, words[i].text))
            add_derived(matrix, node, words[i].kind, json_string(words[i].text));
    }
    add_derived(matrix, node, "a number", json_integer(1));
    add_neither(matrix, node);
}

static bool is_list_of_words(const struct yaml_node *node)
{
    bool words = node->kind == YAML_KIND_SEQUENCE && node->count > 0;
    for (size_t i = 0; words && i < node->count; i++)
        words = node->values[i].kind == YAML_KIND_SCALAR;
    return words;
}

static void derive_rows(struct spec_context *context, const struct yaml_node *node, struct matrix *matrix)
{
    static const struct spec_key keys[] = {{"not", true}};
    const struct yaml_node *type = yaml_get(node, "not");
    read_keys(context, node, "a matrix that is no list", keys, 1);
    if (!type)
        return;
    refuse_variables(context, type);
    if (type->text && strcmp(type->text, "integer") == 0)
        add_no_integers(matrix, node);
    else if (type->text && strcmp(type->text, "string") == 0)
        add_no_strings(matrix, node);
    else if (is_list_of_words(type))
        add_no_words(matrix, node, type);
    else
        problems_add(context->problems, type->place, "not, expected integer, string or a list of words");
}

void matrix_parse(struct spec_context *context, const struct yaml_node *node, struct matrix *matrix)
{
    *matrix = (struct matrix){0};
    if (!node)
        mem_append(&matrix->rows, &matrix->count);
    else if (node->kind == YAML_KIND_MAPPING)
        derive_rows(context, node, matrix);
    else if (read_is_sequence(context, node, "a matrix"))
        add_rows(context, node, matrix);
}

void matrix_fini(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++)
        json_decref(matrix->rows[i].derived);
    free(matrix->rows);
}
