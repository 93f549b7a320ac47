#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

static void template_used(void *context, const char *text, struct yaml_place place)
{
    scope_check(context, text, place);
}

/* Which clause the findings belong to: the id among those that the case proves; NULL: its own. */
static const char *find_clause(struct spec_context *context, const struct yaml_node *node)
{
    const char *id = read_string(context, node, "clause");
    if (!id)
        return NULL;
    if (!context->current) {
        problems_add(context->problems, node->place,
                     "`clause` in a given: what a given expects proves no clause");
        return NULL;
    }
    struct guess guess;
    guess_init(&guess, id);
    for (size_t i = 0; i < context->current->clause_count; i++) {
        if (strcmp(context->current->clauses[i], id) == 0) {
            guess_end(&guess);
            return context->current->clauses[i];
        }
        guess_offer(&guess, context->current->clauses[i]);
    }
    problems_add(context->problems, node->place, "clause \"%s\" is not among those that the case proves%s",
                 id, guess_end(&guess));
    return NULL;
}

static void complain_matcher(struct spec_context *context, const struct yaml_node *key)
{
    struct guess guess;
    guess_init(&guess, key->text);
    guess_offer(&guess, "clause");
    for (const struct matcher *const *matcher = matcher_all(); *matcher; matcher++)
        guess_offer(&guess, (*matcher)->name);
    problems_add(context->problems, key->place, "unknown matcher \"%s\"%s", key->text, guess_end(&guess));
}

static void expect_parse(struct spec_context *context, const struct yaml_node *key,
                         const struct yaml_node *value, const char *clause, struct spec_step *step)
{
    const struct matcher *matcher = matcher_find(key->text);
    if (!matcher) {
        complain_matcher(context, key);
        return;
    }
    struct match_source source = {value, context->problems, template_used, body_parse_expected, context};
    void *data = matcher->parse(&source);
    if (!data)
        return;
    *mem_append(&step->expects, &step->expect_count) =
        (struct spec_expect){matcher, data, clause, key->place};
}

static bool is_status(const struct yaml_node *node, int status)
{
    CLEANUP(text) char *wanted = mem_printf("%d", status);
    return node->text && strcmp(node->text, wanted) == 0;
}

static bool expects_status(const struct yaml_node *node, int status)
{
    if (is_status(node, status))
        return true;
    for (size_t i = 0; i < node->count && !node->keys; i++) {
        if (is_status(&node->values[i], status))
            return true;
    }
    return false;
}

/* A clause about a status is proven only where that status is expected of its call, in its own name. */
static void note_status(struct spec_context *context, const struct yaml_node *status,
                        const struct spec_call *call, const char *clause)
{
    const struct spec_clause *own = context->clause;
    if (!own || !own->status || !status || (clause && strcmp(clause, own->id) != 0))
        return;
    if ((!own->call || own->call == call) && expects_status(status, own->status))
        context->expects_status = true;
}

void expects_parse(struct spec_context *context, const struct yaml_node *node, const struct spec_call *call,
                   struct spec_step *step)
{
    context->expects_anything = true;
    if (!read_is_mapping(context, node, "expect"))
        return;
    const struct yaml_node *clause_node = yaml_get(node, "clause");
    const char *clause = find_clause(context, clause_node);
    if (node->count == (clause_node != NULL))
        problems_add(context->problems, node->place, "expect without a matcher expects nothing");
    note_status(context, yaml_get(node, "status"), call, clause);
    for (size_t i = 0; i < node->count; i++) {
        if (&node->values[i] != clause_node)
            expect_parse(context, &node->keys[i], &node->values[i], clause, step);
    }
}

void expects_fini(struct spec_step *step)
{
    for (size_t i = 0; i < step->expect_count; i++)
        step->expects[i].matcher->free(step->expects[i].data);
    free(step->expects);
}
