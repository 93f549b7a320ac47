#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

DEFINE_CLEANUP(vars_free, struct vars *)

/* "An active image refuses new data" becomes an-active-image-refuses-new-data. */
static char *slug_of(const char *name)
{
    char *slug = mem_alloc(strlen(name) + 1);
    size_t length = 0;
    for (; *name; name++) {
        char c = (char)tolower((unsigned char)*name);
        bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (kept)
            slug[length++] = c;
        else if (length && slug[length - 1] != '-')
            slug[length++] = '-';
    }
    if (length && slug[length - 1] == '-')
        length--;
    slug[length] = '\0';
    return slug;
}

static struct vars *vars_of_row(json_t *row)
{
    struct vars *vars = vars_new(NULL);
    const char *key;
    json_t *value;
    json_object_foreach (row, key, value) {
        vars_set(vars, key, value);
    }
    return vars;
}

/* The case by its name: unique in the clause, and so in the suite. */
static void identify(struct spec_context *context, const struct yaml_node *node, struct spec_case *one,
                     struct names *ids)
{
    const struct yaml_node *name_node = yaml_get(node, "name");
    one->name = read_literal(context, name_node, "the name of a case");
    if (!one->name)
        return;
    CLEANUP(text) char *slug = slug_of(one->name);
    one->id = mem_printf("%s/%s", one->clause->id, slug);
    if (!*slug) {
        problems_add(context->problems, name_node->place, "the name \"%s\" has neither letter nor digit",
                     one->name);
        return;
    }
    if (names_add(ids, one->id, one->place, NULL))
        return;
    const struct names_entry *first = names_find(ids, one->id);
    problems_add(context->problems, one->place,
                 "case \"%s\" is there twice, first at %zu:%zu: names of cases must differ", one->id,
                 first->place.line, first->place.column);
}

static void add_proved(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    const char *id = read_string(context, node, "a clause");
    if (!id)
        return;
    const struct names_entry *entry = names_find(&context->api->clauses, id);
    if (!entry) {
        struct guess guess;
        guess_init(&guess, id);
        guess_offer_names(&guess, &context->api->clauses);
        problems_add(context->problems, node->place, "unknown clause \"%s\"%s", id, guess_end(&guess));
        return;
    }
    const struct spec_clause *clause = entry->value;
    for (size_t i = 0; i < one->clause_count; i++) {
        if (one->clauses[i] == clause->id) {
            problems_add(context->problems, node->place, "clause \"%s\" is proved by this case already%s", id,
                         i ? "" : ": it is the case's own");
            return;
        }
    }
    if (clause->edition && clause->edition != one->clause->edition)
        problems_add(context->problems, node->place,
                     "clause \"%s\" belongs to the edition %s only, the clause of this case to %s%s", id,
                     clause->edition->name, one->clause->edition ? "the edition " : "every edition",
                     one->clause->edition ? one->clause->edition->name : "");
    *mem_append(&one->clauses, &one->clause_count) = clause->id;
}

static void proves_parse(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    *mem_append(&one->clauses, &one->clause_count) = one->clause->id;
    if (!node || !read_is_sequence(context, node, "proves"))
        return;
    for (size_t i = 0; i < node->count; i++)
        add_proved(context, &node->values[i], one);
}

static void add_row(struct spec_context *context, const struct matrix_row *row)
{
    if (row->derived) {
        scope_add(context->scope, context->problems, MATRIX_KIND, row->node->place);
        scope_add(context->scope, context->problems, MATRIX_VALUE, row->node->place);
        return;
    }
    for (size_t i = 0; row->node && i < row->node->count; i++)
        scope_add(context->scope, context->problems, row->node->keys[i].text, row->node->keys[i].place);
}

static void parts_parse(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    const struct yaml_node *steps = yaml_get(node, "steps");
    needs_parse(context, yaml_get(node, "needs"), &one->needs);
    scope_add_limits(context->scope, &one->needs);
    read_words(context, yaml_get(node, "tags"), "tags", &one->tags, &one->tag_count);
    proves_parse(context, yaml_get(node, "proves"), one);
    given_uses_parse(context, yaml_get(node, "given"), one);
    scope_add_limits(context->scope, &one->needs);
    context->expects_anything = false;
    if (steps)
        steps_parse(context, steps, &one->steps, &one->step_count);
    else if (yaml_get(node, "send"))
        steps_parse_single(context, node, &one->steps, &one->step_count);
    if (!context->expects_anything)
        problems_add(context->problems, node->place, "a case without any `expect` proves nothing");
}

static void case_parse(struct spec_context *context, const struct yaml_node *node, struct matrix_row *row,
                       struct spec_case *one, struct names *ids)
{
    struct scope scope;
    CLEANUP(vars_free) struct vars *vars = vars_of_row(row->values);
    one->row = TAKE(row->values);
    one->place = row->node ? row->node->place : node->place;
    scope_init(&scope);
    context->scope = &scope;
    context->row = vars;
    context->needs = &one->needs;
    context->current = one;
    identify(context, node, one, ids);
    add_row(context, row);
    parts_parse(context, node, one);
    scope_fini(&scope);
    context->scope = NULL;
    context->row = NULL;
    context->needs = NULL;
    context->current = NULL;
}

static void check_keys(struct spec_context *context, const struct yaml_node *node)
{
    static const struct spec_key of_steps[] = {{"name", true},    {"given", false}, {"steps", true},
                                               {"proves", false}, {"needs", false}, {"tags", false},
                                               {"matrix", false}};
    static const struct spec_key of_one[] = {{"name", true},    {"given", false},   {"send", true},
                                             {"expect", false}, {"capture", false}, {"cleanup", false},
                                             {"keep", false},   {"until", false},   {"proves", false},
                                             {"needs", false},  {"tags", false},    {"matrix", false}};
    if (yaml_get(node, "steps"))
        read_keys(context, node, "a case with steps", of_steps, sizeof of_steps / sizeof of_steps[0]);
    else
        read_keys(context, node, "a case", of_one, sizeof of_one / sizeof of_one[0]);
}

static void rows_parse(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause,
                       struct names *ids)
{
    struct matrix matrix;
    if (!read_is_mapping(context, node, "a case"))
        return;
    check_keys(context, node);
    matrix_parse(context, yaml_get(node, "matrix"), &matrix);
    for (size_t i = 0; i < matrix.count; i++) {
        struct spec_case one = {.clause = clause};
        case_parse(context, node, &matrix.rows[i], &one, ids);
        *mem_append(&clause->cases, &clause->case_count) = one;
    }
    matrix_fini(&matrix);
}

void cases_parse(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    struct names ids = {0};
    if (!node || !read_is_sequence(context, node, "cases"))
        return;
    for (size_t i = 0; i < node->count; i++)
        rows_parse(context, &node->values[i], clause, &ids);
    names_fini(&ids);
}

static void use_fini(struct spec_given_use *use)
{
    free(use->name);
    params_free(use->args, use->arg_count);
}

void case_fini(struct spec_case *one)
{
    free(one->id);
    free(one->name);
    free(one->clauses);
    for (size_t i = 0; i < one->given_count; i++)
        use_fini(&one->givens[i]);
    free(one->givens);
    steps_free(one->steps, one->step_count);
    needs_fini(&one->needs);
    words_free(one->tags, one->tag_count);
    json_decref(one->row);
}
