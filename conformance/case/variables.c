#include "conformance/case/variables.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"

static void set_row(struct vars *vars, const struct spec_case *one)
{
    const char *key;
    json_t *value;
    json_t *row = spec_case_row(one);
    json_object_foreach (row, key, value) {
        vars_set(vars, key, value);
    }
    json_decref(row);
}

/* A text of the target's, under a name made of two parts. */
static bool set_expanded(struct vars *vars, char *name, const char *text, struct err *err)
{
    CLEANUP(text) char *value = template_expand(text, vars, err);
    if (value)
        vars_set_text(vars, name, value);
    free(name);
    return value;
}

static bool set_projects(struct vars *vars, const struct target *target, struct err *err)
{
    for (size_t i = 0; i < target->identity_count; i++) {
        const struct target_identity *identity = &target->identities[i];
        if (identity->project &&
            !set_expanded(vars, mem_printf("identity.%s.project", identity->name), identity->project, err)) {
            err_prefix(err, "the identities of the target");
            return false;
        }
    }
    return true;
}

static bool set_limits(struct vars *vars, const struct spec_needs *needs, const struct target *target,
                       struct err *err)
{
    for (size_t i = 0; i < needs->limit_count; i++) {
        const struct target_state *limit = target_limit(target, needs->limits[i]);
        if (!set_expanded(vars, mem_printf("limits.%s", limit->name), limit->value, err)) {
            err_prefix(err, "limit %s of the target", limit->name);
            return false;
        }
    }
    return true;
}

bool variables_set_case(struct vars *vars, const struct spec_case *one, const struct target *target,
                        struct err *err)
{
    set_row(vars, one);
    return set_projects(vars, target, err) && set_limits(vars, &one->parts->needs, target, err);
}

static bool set_params(struct vars *to, const struct spec_param *params, size_t count,
                       const struct vars *from, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = template_expand_json(params[i].value, from, err);
        if (!value) {
            err_prefix(err, "parameter %s of a given", params[i].name);
            return false;
        }
        vars_set(to, params[i].name, value);
        json_decref(value);
    }
    return true;
}

/* Those of `after` first: a given may say them anew. */
static bool set_defaults(struct vars *scope, const struct spec_given *given, struct err *err)
{
    return (!given->after || set_defaults(scope, given->after, err)) &&
           set_params(scope, given->params, given->param_count, scope, err);
}

bool variables_set_given(struct vars *scope, const struct spec_given_use *use, const struct vars *of_case,
                         struct err *err)
{
    return set_defaults(scope, use->given, err) && set_params(scope, use->args, use->arg_count, of_case, err);
}

static void publish_one(struct vars *of_case, const struct spec_given_use *use, const struct vars *scope,
                        const char *name)
{
    json_t *value = vars_get(scope, name);
    CLEANUP(text) char *full = mem_printf("%s.%s", use->name, name);
    if (value)
        vars_set(of_case, full, value);
}

void variables_publish(struct vars *of_case, const struct spec_given_use *use, const struct vars *scope)
{
    for (const struct spec_given *given = use->given; given; given = given->after) {
        for (size_t i = 0; i < given->param_count; i++)
            publish_one(of_case, use, scope, given->params[i].name);
        for (size_t i = 0; i < given->step_count; i++) {
            for (size_t k = 0; k < given->steps[i].capture_count; k++)
                publish_one(of_case, use, scope, given->steps[i].captures[k].name);
        }
    }
}
