#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

#define GIVEN_CHAIN_MAX 32 /* givens that come after each other */

enum given_state {
    GIVEN_DECLARED,
    GIVEN_BEING_PARSED,
    GIVEN_PARSED,
};

struct given_entry {
    const struct yaml_node *node;
    struct spec_given *given; /* owned by its file */
    enum given_state state;
};

/* Parsing one given, which may need others parsed first. */
struct givens {
    struct spec_context *context;
    const struct spec_api *api;
    size_t depth;
};

static void declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                    const struct yaml_node *key, const struct yaml_node *value)
{
    const struct names_entry *first = names_find(&api->givens, key->text);
    if (first) {
        problems_add(context->problems, key->place, "given \"%s\" is declared twice, first at %s:%u:%u",
                     key->text, first->place.file, first->place.line, first->place.column);
        return;
    }
    if (!read_name(context, key, "a given") || !read_is_mapping(context, value, "a given"))
        return;
    struct given_entry *entry = mem_alloc(sizeof *entry);
    entry->node = value;
    entry->given = mem_alloc(sizeof *entry->given);
    entry->given->name = mem_dup(key->text);
    entry->given->place = key->place;
    *mem_append(&file->givens, &file->given_count) = entry->given;
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

static struct given_entry *find(struct spec_context *context, const struct spec_api *api, const char *name,
                                struct yaml_place place)
{
    const struct names_entry *entry = names_find(&api->givens, name);
    if (entry)
        return entry->value;
    struct guess guess;
    guess_init(&guess, name);
    guess_offer_names(&guess, &api->givens);
    problems_add(context->problems, place, "unknown given \"%s\"%s", name, guess_end(&guess));
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

static void param_parse(struct spec_context *context, const struct yaml_node *key,
                        const struct yaml_node *value, struct spec_given *given)
{
    bool again = has_param(given->after, key->text);
    json_t *scalar = read_value(context, value, "a param");
    struct spec_param *param = mem_append(&given->params, &given->param_count);
    *param = (struct spec_param){mem_dup(key->text), scalar};
    if (strcmp(key->text, "is") == 0)
        problems_add(context->problems, key->place,
                     "\"is\" names the given where it is used: choose another name");
    else if (read_name(context, key, "a param") && !again)
        scope_add(context->scope, context->problems, key->text, key->place);
}

static void params_parse(struct spec_context *context, const struct yaml_node *node, struct spec_given *given)
{
    if (!node || !read_is_mapping(context, node, "params"))
        return;
    for (size_t i = 0; i < node->count; i++)
        param_parse(context, &node->keys[i], &node->values[i], given);
}

static void entry_parse(struct givens *givens, struct given_entry *entry);

/* The given that `entry` comes after, parsed by then; NULL without one, or after complaining. */
static const struct spec_given *find_after(struct givens *givens, const struct given_entry *entry)
{
    const struct yaml_node *node = yaml_get(entry->node, "after");
    const char *name = read_string(givens->context, node, "after");
    struct given_entry *after = name ? find(givens->context, givens->api, name, node->place) : NULL;
    if (!after)
        return NULL;
    if (after->state == GIVEN_DECLARED && givens->depth < GIVEN_CHAIN_MAX)
        entry_parse(givens, after);
    if (after->state == GIVEN_PARSED)
        return after->given;
    if (after->state == GIVEN_BEING_PARSED)
        problems_add(givens->context->problems, node->place,
                     "given \"%s\" comes after itself, by way of \"%s\"", entry->given->name, name);
    else
        problems_add(givens->context->problems, node->place, "more than %d givens after each other",
                     GIVEN_CHAIN_MAX);
    return NULL;
}

static void parts_parse(struct spec_context *context, const struct yaml_node *node, struct spec_given *given)
{
    const struct yaml_node *steps = yaml_get(node, "steps");
    needs_parse(context, yaml_get(node, "needs"), &given->needs);
    if (given->after)
        needs_add(&given->needs, &given->after->needs);
    scope_add_limits(context->scope, &given->needs);
    if (given->after)
        scope_add_given(context->scope, given->after, NULL);
    params_parse(context, yaml_get(node, "params"), given);
    if (steps)
        steps_parse(context, steps, &given->steps, &given->step_count);
    else if (!yaml_get(node, "after"))
        problems_add(context->problems, node->place, "a given without the mandatory key \"steps\"");
}

static void entry_parse(struct givens *givens, struct given_entry *entry)
{
    static const struct spec_key keys[] = {
        {"says", true}, {"after", false}, {"params", false}, {"needs", false}, {"steps", false}};
    struct scope scope;
    struct spec_context context = *givens->context;
    entry->state = GIVEN_BEING_PARSED;
    givens->depth++;
    read_keys(&context, entry->node, "a given", keys, sizeof keys / sizeof keys[0]);
    entry->given->says = mem_dup(read_string(&context, yaml_get(entry->node, "says"), "says"));
    entry->given->after = find_after(givens, entry);
    scope_init(&scope);
    context.scope = &scope;
    context.needs = &entry->given->needs;
    parts_parse(&context, entry->node, entry->given);
    scope_fini(&scope);
    givens->depth--;
    entry->state = GIVEN_PARSED;
}

void givens_parse(struct spec_context *context, struct spec_api *api)
{
    struct givens givens = {.context = context, .api = api};
    for (size_t i = 0; i < api->givens.count; i++) {
        struct given_entry *entry = api->givens.entries[i].value;
        if (entry->state == GIVEN_DECLARED)
            entry_parse(&givens, entry);
    }
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
    params_free(given->params, given->param_count);
    needs_fini(&given->needs);
    steps_free(given->steps, given->step_count);
    free(given);
}

static void offer_params(struct guess *guess, const struct spec_given *given)
{
    for (; given; given = given->after) {
        for (size_t i = 0; i < given->param_count; i++)
            guess_offer(guess, given->params[i].name);
    }
}

static void arg_parse(struct spec_context *context, const struct yaml_node *key,
                      const struct yaml_node *value, struct spec_given_use *use)
{
    if (has_param(use->given, key->text)) {
        json_t *scalar = read_value(context, value, "a param");
        *mem_append(&use->args, &use->arg_count) = (struct spec_param){mem_dup(key->text), scalar};
        return;
    }
    struct guess guess;
    guess_init(&guess, key->text);
    offer_params(&guess, use->given);
    problems_add(context->problems, key->place, "given \"%s\" has no param \"%s\"%s", use->given->name,
                 key->text, guess_end(&guess));
}

static void args_parse(struct spec_context *context, const struct yaml_node *node, struct spec_given_use *use)
{
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->keys[i].text, "is") != 0)
            arg_parse(context, &node->keys[i], &node->values[i], use);
    }
}

/* One given put to use. `key` is the name it goes by; NULL: its own. `value` names the given, or is a
 * mapping with `is` and params. */
static void use_parse(struct spec_context *context, const struct yaml_node *key,
                      const struct yaml_node *value, struct spec_parts *owner)
{
    bool with_args = value->kind == YAML_KIND_MAPPING && key;
    const struct yaml_node *name_node = with_args ? yaml_get(value, "is") : value;
    if (!name_node) {
        problems_add(context->problems, value->place, "a given with params without the mandatory key \"is\"");
        return;
    }
    CLEANUP(text) char *name = read_literal(context, name_node, "the name of a given");
    const struct given_entry *entry = name ? find(context, context->api, name, name_node->place) : NULL;
    if (!entry || (key && !read_name(context, key, "a given in use")))
        return;
    struct spec_given_use use = {.given = entry->given, .place = (key ? key : value)->place};
    if (with_args)
        args_parse(context, value, &use);
    use.name = mem_dup(key ? key->text : name);
    if (scope_add(context->scope, context->problems, use.name, use.place))
        scope_add_given(context->scope, use.given, use.name);
    needs_add(&owner->needs, &use.given->needs);
    *mem_append(&owner->givens, &owner->given_count) = use;
}

void given_uses_parse(struct spec_context *context, const struct yaml_node *node, struct spec_parts *owner)
{
    if (!node)
        return;
    if (node->kind == YAML_KIND_SCALAR)
        use_parse(context, NULL, node, owner);
    else if (node->count == 0)
        problems_add(context->problems, node->place, "given is empty: leave it out");
    for (size_t i = 0; i < node->count; i++)
        use_parse(context, node->keys ? &node->keys[i] : NULL, &node->values[i], owner);
}
