#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

static void on_template(void *data, const char *text, struct yaml_place place)
{
    scope_check(data, text, place);
}

static void complain_matcher(struct spec_context *context, const struct yaml_node *key)
{
    struct guess guess;
    guess_init(&guess, key->text);
    guess_offer(&guess, "clause");
    for (const struct matcher *const *matcher = matcher_all(); *matcher; matcher++)
        guess_offer(&guess, (*matcher)->name);
    read_unknown_key(context, key, "what is expected", &guess);
}

/* Whose findings these are: the id as the case has it, NULL for its own clause. */
static const char *find_clause(struct spec_context *context, const struct yaml_node *node)
{
    const char *id = read_string(context, node, "clause");
    if (!id)
        return NULL;
    const struct spec_case *one = context->current;
    for (size_t i = 0; one && i < one->clause_count; i++) {
        if (strcmp(one->clauses[i], id) == 0)
            return one->clauses[i];
    }
    problems_add(context->problems, node->place,
                 one ? "clause \"%s\" is not one that this case proves: list it in `proves`"
                     : "clause \"%s\" in a given, which proves nothing",
                 id);
    return NULL;
}

static bool names_status(const struct yaml_node *node, int status)
{
    char text[16];
    snprintf(text, sizeof text, "%d", status);
    if (node->kind == YAML_KIND_SCALAR)
        return strcmp(node->text, text) == 0;
    for (size_t i = 0; i < node->count; i++) {
        if (node->values[i].text && strcmp(node->values[i].text, text) == 0)
            return true;
    }
    return false;
}

static void note_status(struct spec_context *context, const struct yaml_node *value,
                        const struct spec_call *call, const char *clause)
{
    const struct spec_clause *own = context->clause;
    bool about_own = !clause || (own && strcmp(clause, own->id) == 0);
    if (own && about_own && (!own->call || own->call == call) && names_status(value, own->status))
        context->expects_status = true;
}

static void parse_one(struct spec_context *context, const struct yaml_node *key,
                      const struct yaml_node *value, const char *clause, struct spec_step *step)
{
    const struct matcher *matcher = matcher_find(key->text);
    if (!matcher) {
        complain_matcher(context, key);
        return;
    }
    struct match_source source = {.node = value,
                                  .problems = context->problems,
                                  .template_used = on_template,
                                  .body_parse = body_parse_expected,
                                  .context = context};
    void *data = matcher->parse(&source);
    if (!data)
        return;
    struct spec_expect *expect = mem_append(&step->expects, &step->expect_count);
    *expect = (struct spec_expect){.matcher = matcher, .data = data, .clause = clause, .place = key->place};
    context->expects_anything = true;
}

void expects_parse(struct spec_context *context, const struct yaml_node *node, const struct spec_call *call,
                   struct spec_step *step)
{
    if (!node || !read_is_mapping(context, node, "expect"))
        return;
    const struct yaml_node *of = yaml_get(node, "clause");
    const char *clause = of ? find_clause(context, of) : NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->keys[i].text, "clause") == 0)
            continue;
        if (strcmp(node->keys[i].text, "status") == 0)
            note_status(context, &node->values[i], call, clause);
        parse_one(context, &node->keys[i], &node->values[i], clause, step);
    }
}

void expects_fini(struct spec_step *step)
{
    for (size_t i = 0; i < step->expect_count; i++)
        step->expects[i].matcher->free(step->expects[i].data);
    free(step->expects);
}
