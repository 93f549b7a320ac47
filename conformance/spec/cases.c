#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

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

static struct vars *vars_of_row(const struct spec_case *one)
{
    struct vars *vars = vars_new(NULL);
    json_t *row = spec_case_row(one);
    const char *key;
    json_t *value;
    json_object_foreach (row, key, value) {
        vars_set(vars, key, value);
    }
    json_decref(row);
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
                 "case \"%s\" is there twice, first at %u:%u: names of cases must differ", one->id,
                 first->place.line, first->place.column);
}

static void add_proved(struct spec_context *context, const struct yaml_node *node, struct spec_parts *parts)
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
    for (size_t i = 0; i < parts->clause_count; i++) {
        if (parts->clauses[i] == clause->id) {
            problems_add(context->problems, node->place, "clause \"%s\" is proved by this case already%s", id,
                         i ? "" : ": it is the case's own");
            return;
        }
    }
    const struct spec_edition *own = context->clause->edition;
    if (clause->edition && clause->edition != own)
        problems_add(context->problems, node->place,
                     "clause \"%s\" belongs to the edition %s only, the clause of this case to %s%s", id,
                     clause->edition->name, own ? "the edition " : "every edition", own ? own->name : "");
    *mem_append(&parts->clauses, &parts->clause_count) = clause->id;
}

static void proves_parse(struct spec_context *context, const struct yaml_node *node, struct spec_parts *parts)
{
    *mem_append(&parts->clauses, &parts->clause_count) = context->clause->id;
    if (!node || !read_is_sequence(context, node, "proves"))
        return;
    for (size_t i = 0; i < node->count; i++)
        add_proved(context, &node->values[i], parts);
}

static void add_row(struct spec_context *context, const struct matrix_row *row)
{
    if (!row->node)
        return;
    if (row->derived) {
        scope_add(context->scope, context->problems, MATRIX_KIND, row->node->place);
        scope_add(context->scope, context->problems, MATRIX_VALUE, row->node->place);
        return;
    }
    for (size_t i = 0; i < row->node->count; i++)
        scope_add(context->scope, context->problems, row->node->keys[i].text, row->node->keys[i].place);
}

static void parts_parse(struct spec_context *context, const struct yaml_node *node, struct spec_parts *parts)
{
    const struct yaml_node *steps = yaml_get(node, "steps");
    context->needs = &parts->needs;
    context->current = parts;
    needs_parse(context, yaml_get(node, "needs"), &parts->needs);
    scope_add_limits(context->scope, &parts->needs);
    read_words(context, yaml_get(node, "tags"), "tags", &parts->tags, &parts->tag_count);
    proves_parse(context, yaml_get(node, "proves"), parts);
    given_uses_parse(context, yaml_get(node, "given"), parts);
    scope_add_limits(context->scope, &parts->needs);
    context->expects_anything = false;
    if (steps)
        steps_parse(context, steps, &parts->steps, &parts->step_count);
    else if (yaml_get(node, "send"))
        steps_parse_single(context, node, &parts->steps, &parts->step_count);
    context->needs = NULL;
    context->current = NULL;
    if (!context->expects_anything)
        problems_add(context->problems, node->place, "a case without any `expect` proves nothing");
}

/* Those of the row before, where they would come out the same: its keys are the same, and nothing of its
 * values was used. Where there is a problem each row is looked at, so that all are told. */
static const struct spec_parts *parts_of_row(struct spec_context *context, const struct yaml_node *node,
                                             struct spec_clause *clause, const struct spec_parts *before)
{
    if (before && !context->row_counts && context->problems->count == 0)
        return before;
    struct spec_parts *parts = mem_alloc(sizeof *parts);
    *mem_append(&clause->parts, &clause->part_count) = parts;
    context->row_counts = false;
    parts_parse(context, node, parts);
    return parts;
}

/* The case of a row; `before` is that of the row before, NULL when there is none. Takes the row. */
static struct spec_case case_parse(struct spec_context *context, const struct yaml_node *node,
                                   struct matrix_row *row, struct spec_clause *clause,
                                   const struct spec_parts *before, struct names *ids)
{
    struct scope scope;
    bool counted = context->row_counts;
    struct spec_case one = {.clause = clause,
                            .row = row->derived ? NULL : row->node,
                            .derived = row->derived,
                            .place = row->node ? row->node->place : node->place};
    CLEANUP(vars_free) struct vars *vars = vars_of_row(&one);
    scope_init(&scope);
    context->scope = &scope;
    context->row = vars;
    identify(context, node, &one, ids);
    add_row(context, row);
    row->derived = NULL;
    context->row_counts = counted; /* the name does not: each case has its own */
    one.parts = parts_of_row(context, node, clause, before);
    scope_fini(&scope);
    context->scope = NULL;
    context->row = NULL;
    return one;
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
    const struct spec_parts *before = NULL;
    if (!read_is_mapping(context, node, "a case"))
        return;
    check_keys(context, node);
    matrix_parse(context, yaml_get(node, "matrix"), &matrix);
    for (size_t i = 0; i < matrix.count; i++) {
        struct spec_case one = case_parse(context, node, &matrix.rows[i], clause, before, ids);
        *mem_append(&clause->cases, &clause->case_count) = one;
        before = one.parts;
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

void parts_free(struct spec_parts *parts)
{
    free(parts->clauses);
    for (size_t i = 0; i < parts->given_count; i++)
        use_fini(&parts->givens[i]);
    free(parts->givens);
    steps_free(parts->steps, parts->step_count);
    needs_fini(&parts->needs);
    words_free(parts->tags, parts->tag_count);
    free(parts);
}

void case_fini(struct spec_case *one)
{
    free(one->id);
    free(one->name);
    json_decref(one->derived);
}

json_t *spec_case_row(const struct spec_case *one)
{
    return one->row ? yaml_to_json(one->row) : json_deep_copy(one->derived);
}
