#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

/* What kind of variable an entry is: its address is the entry's value. */
static char is_fixed;
static char is_capture;

static const struct yaml_place nowhere = {0};

static void add_project(void *context, const char *name)
{
    struct scope *scope = context;
    CLEANUP(text) char *variable = mem_printf("identity.%s.project", name);
    names_add(&scope->names, variable, nowhere, &is_fixed);
}

void scope_init(struct scope *scope)
{
    static const char *const always[] = {"run.id", "run.source", "case.id", "case.uuid"};
    *scope = (struct scope){0};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        names_add(&scope->names, always[i], nowhere, &is_fixed);
    identity_each_project(add_project, scope);
}

void scope_fini(struct scope *scope)
{
    names_fini(&scope->names);
}

void scope_add_limits(struct scope *scope, const struct spec_needs *needs)
{
    for (size_t i = 0; i < needs->limit_count; i++) {
        CLEANUP(text) char *variable = mem_printf("limits.%s", needs->limits[i]);
        names_add(&scope->names, variable, nowhere, &is_fixed);
    }
}

/* The first words of the variables that every case has. */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"run", "case", "identity", "limits"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcmp(reserved[i], name) == 0)
            return true;
    }
    return false;
}

static bool add(struct scope *scope, struct problems *problems, const char *name, struct yaml_place place,
                char *kind)
{
    const struct names_entry *first = names_find(&scope->names, name);
    if (is_reserved(name))
        problems_add(problems, place,
                     "\"%s\" is the beginning of variables that every case has: choose another name", name);
    else if (first && first->place.file)
        problems_add(problems, place, "\"%s\" is already the name of something else here, first at %s:%u:%u",
                     name, first->place.file, first->place.line, first->place.column);
    else
        return names_add(&scope->names, name, place, kind) != NULL;
    return false;
}

bool scope_add(struct scope *scope, struct problems *problems, const char *name, struct yaml_place place)
{
    return add(scope, problems, name, place, &is_fixed);
}

void scope_add_capture(struct scope *scope, struct problems *problems, const char *name,
                       struct yaml_place place)
{
    const struct names_entry *first = names_find(&scope->names, name);
    if (!first || first->value != &is_capture)
        add(scope, problems, name, place, &is_capture);
}

static void add_of_given(struct scope *scope, const char *prefix, const char *name, struct yaml_place place,
                         char *kind)
{
    CLEANUP(text) char *variable = prefix ? mem_printf("%s.%s", prefix, name) : mem_dup(name);
    names_add(&scope->names, variable, place, kind);
}

void scope_add_given(struct scope *scope, const struct spec_given *given, const char *prefix)
{
    if (given->after)
        scope_add_given(scope, given->after, prefix);
    for (size_t i = 0; i < given->param_count; i++)
        add_of_given(scope, prefix, given->params[i].name, given->place, &is_fixed);
    for (size_t i = 0; i < given->step_count; i++) {
        const struct spec_step *step = &given->steps[i];
        for (size_t k = 0; k < step->capture_count; k++)
            add_of_given(scope, prefix, step->captures[k].name, step->place, &is_capture);
    }
}

/* One variable met in a text at `place`. */
struct use {
    struct spec_context *context;
    struct yaml_place place;
};

static void complain(const struct use *use, const char *name)
{
    static const char limits[] = "limits.";
    if (strncmp(name, limits, sizeof limits - 1) == 0) {
        problems_add(use->context->problems, use->place,
                     "\"${%s}\" is not known here: list the limit \"%s\" in `needs: {limits: [...]}`", name,
                     name + sizeof limits - 1);
        return;
    }
    struct guess guess;
    guess_init(&guess, name);
    guess_offer_names(&guess, &use->context->scope->names);
    problems_add(use->context->problems, use->place, "variable \"${%s}\" is not known here%s", name,
                 guess_end(&guess));
}

/* Mentioning the project of an identity needs the identity: the subject has to say its project. */
static void note_needs(struct spec_needs *needs, const char *name)
{
    static const char identity[] = "identity.";
    needs->source = needs->source || strcmp(name, "run.source") == 0;
    if (strncmp(name, identity, sizeof identity - 1) != 0)
        return;
    name += sizeof identity - 1;
    CLEANUP(text) char *who = mem_dup_n(name, strcspn(name, "."));
    needs_add_identity(needs, who);
    words_add(&needs->projects, &needs->project_count, who);
}

static void meet(void *data, const char *name)
{
    const struct use *use = data;
    if (use->context->scope && !names_find(&use->context->scope->names, name))
        complain(use, name);
    if (use->context->needs)
        note_needs(use->context->needs, name);
}

void scope_check(struct spec_context *context, const char *text, struct yaml_place place)
{
    struct use use = {context, place};
    struct err err = ERR_INIT;
    if (!template_scan(text, meet, &use, &err))
        problems_add(context->problems, place, "%s", err.text);
}
