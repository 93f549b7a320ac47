#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

enum given_state {
    GIVEN_DECLARED,
    GIVEN_BEING_READ,
    GIVEN_READ
};

/* A given while the suite is loaded: one that comes after another needs that one read first. */
struct given_entry {
    struct spec_given *given;
    const struct yaml_node *node;
    enum given_state state;
};

static void declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                    const struct yaml_node *key, const struct yaml_node *value)
{
    if (!read_name(context, key, "a given") || !read_is_mapping(context, value, "a given"))
        return;
    const struct names_entry *first = names_find(&api->givens, key->text);
    if (first) {
        problems_add(context->problems, key->place, "given \"%s\" is declared twice, first at %s:%zu:%zu",
                     key->text, first->place.file, first->place.line, first->place.column);
        return;
    }
    struct given_entry *entry = mem_alloc(sizeof *entry);
    struct spec_given *given = mem_alloc(sizeof *given);
    *entry = (struct given_entry){given, value, GIVEN_DECLARED};
    given->name = mem_dup(key->text);
    given->place = key->place;
    *mem_append(&file->givens, &file->given_count) = given;
    names_add(&api->givens, key->text, key->place, entry);
}

void givens_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "givens");
    if (!node || !read_is_mapping(context, node, "givens"))
        return;
    for (size_t i = 0; i < node->count; i++)
        declare(context, file, api, &node->keys[i], &node->values[i]);
}

static struct given_entry *find(struct spec_context *context, const struct yaml_node *node, const char *name)
{
    const struct names_entry *entry = context->api ? names_find(&context->api->givens, name) : NULL;
    if (entry)
        return entry->value;
    struct guess guess;
    guess_init(&guess, name);
    if (context->api)
        guess_offer_names(&guess, &context->api->givens);
    problems_add(context->problems, node->place, "unknown given \"%s\"%s", name, guess_end(&guess));
    return NULL;
}

static bool has_param(const struct spec_given *given, const char *name)
{
    for (; given; given = given->after) {
        for (size_t i = 0; i < given->param_count; i++) {
            if (strcmp(given->params[i].name, name) == 0)
                return true;
        }
    }
    return false;
}

static void parse_params(struct spec_context *context, const struct yaml_node *node, struct spec_given *given)
{
    if (!node || !read_is_mapping(context, node, "params"))
        return;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = &node->keys[i];
        if (!read_name(context, key, "a parameter"))
            continue;
        char *value = read_template(context, &node->values[i], "the value of a parameter");
        if (!has_param(given->after, key->text))
            scope_add(context->scope, context->problems, key->text, key->place);
        *mem_append(&given->params, &given->param_count) = (struct spec_pair){mem_dup(key->text), value};
    }
}

static void read_given(struct spec_context *outer, struct spec_api *api, struct given_entry *entry);

/* What it comes after, read; NULL without one or after complaining. */
static const struct spec_given *read_after(struct spec_context *context, struct spec_api *api,
                                           const struct yaml_node *node)
{
    const char *name = node ? read_string(context, node, "after") : NULL;
    struct given_entry *before = name ? find(context, node, name) : NULL;
    if (!before)
        return NULL;
    if (before->state == GIVEN_BEING_READ) {
        problems_add(context->problems, node->place, "given \"%s\" comes after itself", name);
        return NULL;
    }
    read_given(context, api, before);
    return before->given;
}

static void read_parts(struct spec_context *context, struct spec_api *api, struct given_entry *entry)
{
    static const struct spec_key keys[] = {
        {"says", true}, {"params", false}, {"after", false}, {"needs", false}, {"steps", true}};
    struct spec_given *given = entry->given;
    const struct yaml_node *node = entry->node;
    read_keys(context, node, "a given", keys, sizeof keys / sizeof *keys);
    given->says = mem_dup(read_string(context, yaml_get(node, "says"), "says"));
    given->after = read_after(context, api, yaml_get(node, "after"));
    if (given->after) {
        scope_add_given(context->scope, given->after, NULL);
        needs_add(&given->needs, &given->after->needs);
    }
    needs_parse(context, yaml_get(node, "needs"), &given->needs);
    scope_add_limits(context->scope, &given->needs);
    parse_params(context, yaml_get(node, "params"), given);
    if (yaml_get(node, "steps"))
        steps_parse(context, yaml_get(node, "steps"), &given->steps, &given->step_count);
}

static void read_given(struct spec_context *outer, struct spec_api *api, struct given_entry *entry)
{
    if (entry->state != GIVEN_DECLARED)
        return;
    entry->state = GIVEN_BEING_READ;
    struct scope scope;
    scope_init(&scope);
    struct spec_context context = {.problems = outer->problems,
                                   .fixtures = outer->fixtures,
                                   .api = api,
                                   .scope = &scope,
                                   .needs = &entry->given->needs};
    read_parts(&context, api, entry);
    scope_fini(&scope);
    entry->state = GIVEN_READ;
}

void givens_parse(struct spec_context *context, struct spec_api *api)
{
    for (size_t i = 0; i < api->givens.count; i++)
        read_given(context, api, api->givens.entries[i].value);
}

void givens_forget(struct spec_api *api)
{
    for (size_t i = 0; i < api->givens.count; i++)
        free(api->givens.entries[i].value);
}

void given_free(struct spec_given *given)
{
    free(given->name);
    free(given->says);
    pairs_free(given->params, given->param_count);
    needs_fini(&given->needs);
    steps_free(given->steps, given->step_count);
    free(given);
}

/* ---- givens put to use ---- */

static void parse_args(struct spec_context *context, const struct yaml_node *node, struct spec_given_use *use)
{
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = &node->keys[i];
        if (strcmp(key->text, "is") == 0)
            continue;
        if (!has_param(use->given, key->text)) {
            struct guess guess;
            guess_init(&guess, key->text);
            for (const struct spec_given *given = use->given; given; given = given->after) {
                for (size_t k = 0; k < given->param_count; k++)
                    guess_offer(&guess, given->params[k].name);
            }
            problems_add(context->problems, key->place, "given \"%s\" has no parameter \"%s\"%s",
                         use->given->name, key->text, guess_end(&guess));
            continue;
        }
        char *value = read_template(context, &node->values[i], "the value of a parameter");
        *mem_append(&use->args, &use->arg_count) = (struct spec_pair){mem_dup(key->text), value};
    }
}

/* `name` is what the case calls it, `given` which one it is, `args` the mapping with its arguments or NULL.
 */
static void add_use(struct spec_context *context, const char *name, struct yaml_place place,
                    const struct yaml_node *given, const struct yaml_node *args, struct spec_case *owner)
{
    CLEANUP(text) char *given_name = read_literal(context, given, "the name of a given");
    const struct given_entry *entry = given_name ? find(context, given, given_name) : NULL;
    if (!entry)
        return;
    struct spec_given_use *use = mem_append(&owner->givens, &owner->given_count);
    *use = (struct spec_given_use){.name = mem_dup(name), .given = entry->given, .place = place};
    if (args)
        parse_args(context, args, use);
    if (scope_add(context->scope, context->problems, name, place))
        scope_add_given(context->scope, use->given, name);
    needs_add(&owner->needs, &use->given->needs);
}

static void parse_named_use(struct spec_context *context, const struct yaml_node *key,
                            const struct yaml_node *value, struct spec_case *owner)
{
    if (!read_name(context, key, "a given"))
        return;
    if (value->kind != YAML_KIND_MAPPING) {
        add_use(context, key->text, key->place, value, NULL, owner);
        return;
    }
    if (yaml_get(value, "is"))
        add_use(context, key->text, key->place, yaml_get(value, "is"), value, owner);
    else
        problems_add(context->problems, value->place, "a given with parameters needs `is: NAME`");
}

void given_uses_parse(struct spec_context *context, const struct yaml_node *node, struct spec_case *owner)
{
    if (!node)
        return;
    if (node->kind == YAML_KIND_SCALAR) {
        add_use(context, node->text, node->place, node, NULL, owner);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *value = &node->values[i];
        if (node->keys)
            parse_named_use(context, &node->keys[i], value, owner);
        else if (read_string(context, value, "the name of a given"))
            add_use(context, value->text, value->place, value, NULL, owner);
    }
}
