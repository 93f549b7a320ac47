#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

/* "an active image refuses new data" -> "an-active-image-refuses-new-data": owned. */
static char *slug_of(const char *name)
{
    char *slug = mem_alloc(strlen(name) + 1);
    size_t length = 0;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (isalnum(c))
            slug[length++] = (char)tolower(c);
        else if (length > 0 && slug[length - 1] != '-')
            slug[length++] = '-';
    }
    while (length > 0 && slug[length - 1] == '-')
        length--;
    slug[length] = '\0';
    return slug;
}

static void parse_name(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    one->name = read_literal(context, yaml_get(node, "name"), "name");
    if (!one->name)
        return;
    CLEANUP(text) char *slug = slug_of(one->name);
    if (!*slug)
        problems_add(context->problems, yaml_get(node, "name")->place,
                     "name \"%s\" has no letter or digit to make an id of", one->name);
    one->id = mem_printf("%s/%s", context->clause->id, slug);
}

static void check_id(struct spec_context *context, const struct spec_clause *clause,
                     const struct spec_case *one)
{
    for (size_t i = 0; one->id && i < clause->case_count; i++) {
        const struct spec_case *other = &clause->cases[i];
        if (other != one && other->id && strcmp(other->id, one->id) == 0)
            problems_add(context->problems, one->place, "case \"%s\" has the id of the case at line %zu: %s",
                         one->name, other->place.line, one->id);
    }
}

static void parse_proves(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    *mem_append(&one->clauses, &one->clause_count) = context->clause->id;
    if (!node || !read_is_sequence(context, node, "proves"))
        return;
    for (size_t i = 0; i < node->count; i++) {
        const char *id = read_string(context, &node->values[i], "the id of a clause");
        const struct names_entry *entry = id ? names_find(&context->api->clauses, id) : NULL;
        if (entry) {
            *mem_append(&one->clauses, &one->clause_count) = ((const struct spec_clause *)entry->value)->id;
        } else if (id) {
            struct guess guess;
            guess_init(&guess, id);
            guess_offer_names(&guess, &context->api->clauses);
            problems_add(context->problems, node->values[i].place, "unknown clause \"%s\"%s", id,
                         guess_end(&guess));
        }
    }
}

static void parse_steps(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    static const char *const single[] = {"expect", "capture", "cleanup", "until"};
    const struct yaml_node *send = yaml_get(node, "send");
    const struct yaml_node *steps = yaml_get(node, "steps");
    if (!send == !steps) {
        problems_add(context->problems, node->place, "a case has either `send` or `steps`");
        return;
    }
    for (size_t i = 0; steps && i < sizeof single / sizeof *single; i++) {
        if (yaml_get(node, single[i]))
            problems_add(context->problems, yaml_get(node, single[i])->place,
                         "`%s` beside `steps`: it belongs to one of them", single[i]);
    }
    if (steps)
        steps_parse(context, steps, &one->steps, &one->step_count);
    else
        steps_parse_single(context, node, &one->steps, &one->step_count);
}

static void parse_parts(struct spec_context *context, const struct yaml_node *node, struct spec_case *one)
{
    static const struct spec_key keys[] = {
        {"name", true},     {"given", false}, {"send", false},    {"expect", false},
        {"capture", false}, {"until", false}, {"cleanup", false}, {"steps", false},
        {"proves", false},  {"needs", false}, {"tags", false},    {"matrix", false},
    };
    read_keys(context, node, "a case", keys, sizeof keys / sizeof *keys);
    parse_name(context, node, one);
    parse_proves(context, yaml_get(node, "proves"), one);
    needs_parse(context, yaml_get(node, "needs"), &one->needs);
    scope_add_limits(context->scope, &one->needs);
    read_words(context, yaml_get(node, "tags"), "tags", &one->tags, &one->tag_count);
    given_uses_parse(context, yaml_get(node, "given"), one);
    parse_steps(context, node, one);
    if (!context->expects_anything)
        problems_add(context->problems, node->place, "a case that expects nothing proves nothing");
}

static void parse_row(struct spec_context *outer, const struct yaml_node *node, const struct matrix_row *row,
                      struct spec_clause *clause)
{
    struct spec_case *one = mem_append(&clause->cases, &clause->case_count);
    struct scope scope;
    struct vars *vars = vars_new(NULL);
    scope_init(&scope);
    struct spec_context context = *outer;
    context.scope = &scope;
    context.needs = &one->needs;
    context.row = vars;
    context.current = one;
    context.expects_anything = false;
    one->clause = clause;
    one->place = node->place;
    one->row = json_incref(row->values);
    for (size_t i = 0; row->node && i < row->node->count; i++) {
        const struct yaml_node *key = &row->node->keys[i];
        scope_add(&scope, outer->problems, key->text, key->place);
        vars_set(vars, key->text, json_object_get(row->values, key->text));
    }
    parse_parts(&context, node, one);
    check_id(&context, clause, one);
    outer->expects_status = outer->expects_status || context.expects_status;
    vars_free(vars);
    scope_fini(&scope);
}

void cases_parse(struct spec_context *context, const struct yaml_node *node, struct spec_clause *clause)
{
    if (!read_is_sequence(context, node, "cases"))
        return;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *one = &node->values[i];
        if (!read_is_mapping(context, one, "a case"))
            continue;
        struct matrix matrix;
        matrix_parse(context, yaml_get(one, "matrix"), &matrix);
        for (size_t k = 0; k < matrix.count; k++)
            parse_row(context, one, &matrix.rows[k], clause);
        matrix_fini(&matrix);
    }
}

void case_fini(struct spec_case *one)
{
    free(one->id);
    free(one->name);
    free(one->clauses);
    for (size_t i = 0; i < one->given_count; i++) {
        free(one->givens[i].name);
        pairs_free(one->givens[i].args, one->givens[i].arg_count);
    }
    free(one->givens);
    steps_free(one->steps, one->step_count);
    needs_fini(&one->needs);
    words_free(one->tags, one->tag_count);
    json_decref(one->row);
}
