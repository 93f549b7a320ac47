#include "conformance/case/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conformance/case/clean_up.h"
#include "conformance/case/send.h"
#include "conformance/case/state.h"
#include "conformance/case/steps.h"
#include "conformance/pace.h"

#define TURNED_AWAY_MAX 5

/* ---- the variables that every case has ---- */

static void add_login(struct secrets *secrets, const struct basic_login *basic)
{
    if (!basic)
        return;
    CLEANUP(text) char *text = basic_login_text(basic);
    secrets_add(secrets, basic->password);
    secrets_add(secrets, text);
}

static void set_identities(struct case_state *state)
{
    const struct target *target = state->environment->target;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < target->identity_count; i++) {
        const struct target_identity *identity = &target->identities[i];
        CLEANUP(text)
        char *token = identity->token ? template_expand(identity->token, state->vars, &err) : NULL;
        CLEANUP(text)
        char *project = identity->project ? template_expand(identity->project, state->vars, &err) : NULL;
        secrets_add(&state->secrets, token);
        add_login(&state->secrets, identity->basic);
        secrets_add_auth(&state->secrets, identity->auth);
        if (project) {
            CLEANUP(text) char *name = mem_printf("identity.%s.project", identity->name);
            vars_set_text(state->vars, name, project);
        }
    }
    if (err.code != ERR_NONE)
        case_state_error(state, "the identities of the target: %s", err.text);
}

static void set_limits(struct case_state *state)
{
    const struct spec_needs *needs = &state->one->parts->needs;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < needs->limit_count; i++) {
        const struct target_state *limit = target_limit(state->environment->target, needs->limits[i]);
        CLEANUP(text) char *value = template_expand(limit->value, state->vars, &err);
        if (!value) {
            case_state_error(state, "limit %s of the target: %s", limit->name, err.text);
            return;
        }
        CLEANUP(text) char *name = mem_printf("limits.%s", limit->name);
        vars_set_text(state->vars, name, value);
    }
}

static void set_row(struct case_state *state)
{
    const char *key;
    json_t *value;
    json_t *row = spec_case_row(state->one);
    json_object_foreach (row, key, value) {
        vars_set(state->vars, key, value);
    }
    json_decref(row);
}

static void set_variables(struct case_state *state, size_t number)
{
    const struct case_environment *environment = state->environment;
    char uuid[UUID_SIZE];
    uuid_make(uuid);
    state->result.run_id = mem_dup(environment->run_id);
    state->result.uuid = mem_dup(environment->uuid ? environment->uuid : uuid);
    state->result.source = mem_dup(environment->source);
    state->result.number = number;
    CLEANUP(text) char *id = mem_printf("%s-%zu", environment->run_id, number);
    vars_set_text(state->vars, "run.id", environment->run_id);
    if (environment->source)
        vars_set_text(state->vars, "run.source", environment->source);
    vars_set_text(state->vars, "case.id", id);
    vars_set_text(state->vars, "case.uuid", state->result.uuid);
    set_row(state);
    set_identities(state);
    set_limits(state);
}

/* ---- givens ---- */

static bool set_params(struct case_state *state, const struct spec_param *params, size_t count,
                       const struct vars *from, struct vars *to)
{
    struct err err = ERR_INIT;
    for (size_t i = 0; i < count; i++) {
        json_t *value = template_expand_json(params[i].value, from, &err);
        if (!value) {
            case_state_error(state, "parameter %s of a given: %s", params[i].name, err.text);
            return false;
        }
        vars_set(to, params[i].name, value);
        json_decref(value);
    }
    return true;
}

/* Those of `after` first: a given may say them anew. */
static bool set_defaults(struct case_state *state, const struct spec_given *given, struct vars *vars)
{
    return (!given->after || set_defaults(state, given->after, vars)) &&
           set_params(state, given->params, given->param_count, vars, vars);
}

static bool run_given_steps(struct case_state *state, const struct spec_given_use *use,
                            const struct spec_given *given, struct vars *vars)
{
    if (given->after && !run_given_steps(state, use, given->after, vars))
        return false;
    CLEANUP(text) char *purpose = mem_printf("given %s: %s", use->name, given->name);
    struct step_run run = {.state = state, .vars = vars, .purpose = purpose, .is_given = true};
    return steps_run(&run, given->steps, given->step_count);
}

static void publish_one(struct case_state *state, const struct spec_given_use *use, const struct vars *vars,
                        const char *name)
{
    json_t *value = vars_get(vars, name);
    CLEANUP(text) char *full = mem_printf("%s.%s", use->name, name);
    if (value)
        vars_set(state->vars, full, value);
}

/* Params and captures, as ${use.name} to the case. */
static void publish(struct case_state *state, const struct spec_given_use *use,
                    const struct spec_given *given, const struct vars *vars)
{
    if (given->after)
        publish(state, use, given->after, vars);
    for (size_t i = 0; i < given->param_count; i++)
        publish_one(state, use, vars, given->params[i].name);
    for (size_t i = 0; i < given->step_count; i++) {
        for (size_t k = 0; k < given->steps[i].capture_count; k++)
            publish_one(state, use, vars, given->steps[i].captures[k].name);
    }
}

static bool run_given(struct case_state *state, const struct spec_given_use *use)
{
    struct vars *vars = vars_new(state->vars);
    bool had = set_defaults(state, use->given, vars) &&
               set_params(state, use->args, use->arg_count, state->vars, vars) &&
               run_given_steps(state, use, use->given, vars);
    if (had)
        publish(state, use, use->given, vars);
    vars_free(vars);
    return had;
}

/* ---- limits and conditions ---- */

static bool enter(struct case_state *state, const char *what, const struct target_state *entered)
{
    CLEANUP(text) char *purpose = mem_printf("enter %s %s", what, entered->name);
    if (entered->leave) {
        CLEANUP(text) char *leave = mem_printf("leave %s %s", what, entered->name);
        if (!case_state_later(state, entered->leave, state->vars, leave))
            return false;
    }
    return !entered->enter || hook_run(state, entered->enter, purpose);
}

static bool enter_all(struct case_state *state)
{
    const struct target *target = state->environment->target;
    const struct spec_needs *needs = &state->one->parts->needs;
    for (size_t i = 0; i < needs->limit_count; i++) {
        if (!enter(state, "limit", target_limit(target, needs->limits[i])))
            return false;
    }
    for (size_t i = 0; i < needs->condition_count; i++) {
        if (!enter(state, "condition", target_condition(target, needs->conditions[i])))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool run_parts(struct case_state *state)
{
    for (size_t i = 0; i < state->one->parts->given_count; i++) {
        if (!run_given(state, &state->one->parts->givens[i]))
            return false;
    }
    if (!enter_all(state))
        return false;
    struct step_run run = {.state = state, .vars = state->vars, .purpose = NULL, .is_given = false};
    return steps_run(&run, state->one->parts->steps, state->one->parts->step_count);
}

/* Why a case may have to be run once more: it says nothing of the subject then, unless it does so each time.
 */
struct ending {
    bool unreachable;
    bool lost;
    bool stale;
    bool turned_away;
    uint64_t turned_away_s;
};

static struct ending run_once(const struct case_environment *environment, struct subject_session *session,
                              const struct spec_case *one, size_t number, struct result_case *ret_result)
{
    struct case_state state;
    case_state_init(&state, environment, session, one);
    set_variables(&state, number);
    if (!state.over)
        run_parts(&state);
    bool judged_well = !state.over;
    case_clean_up(&state);
    if (state.turned_away)
        case_state_void(&state, "answered %d to a request that was held, which says nothing of it",
                        state.turned_away);
    const struct ending ending = {.unreachable = state.unreachable,
                                  .lost = state.lost && !judged_well,
                                  .stale = state.stale && !judged_well,
                                  .turned_away = state.turned_away,
                                  .turned_away_s = state.turned_away_s};
    case_state_end(&state, ret_result);
    return ending;
}

/* Why the case is run once more, after so many times; NULL: it is not. */
static const char *why_again(const struct case_environment *environment, const struct ending *ending,
                             unsigned times)
{
    if (atomic_load_explicit(environment->stop, memory_order_relaxed))
        return NULL;
    if (ending->turned_away)
        return times < TURNED_AWAY_MAX && ending->turned_away_s <= CASE_WAIT_MAX_S &&
                       pace_sleep(ending->turned_away_s * 1000, environment->stop)
                   ? "a request that was held was turned away"
                   : NULL;
    if (ending->stale)
        return "a kept connection was closed, perhaps before the request came there";
    return (ending->lost || ending->unreachable) && times <= environment->lost_retries
               ? "a connection was lost"
               : NULL;
}

/* What the first run had to tell, and that it was not the last, is told of the second. */
static void note_again(struct result_case *first, const char *why, struct result_case *second)
{
    for (size_t i = 0; i < first->note_count; i++)
        *mem_append(&second->notes, &second->note_count) = TAKE(first->notes[i]);
    *mem_append(&second->notes, &second->note_count) = mem_printf("run once more: %s", why);
}

bool case_run(const struct case_environment *environment, struct subject_session *session,
              const struct spec_case *one, size_t number, struct result_case *ret_result)
{
    char *lacks = target_lacks(environment->target, one->clause->file->api, &one->parts->needs);
    if (lacks) {
        case_not_run(one, VERDICT_NOT_CLAIMED, lacks, ret_result);
        free(lacks);
        return false;
    }
    uint64_t started_us = clock_now_us();
    const char *why;
    struct ending ending = run_once(environment, session, one, number, ret_result);
    for (unsigned times = 1; (why = why_again(environment, &ending, times)); times++) {
        struct result_case first = *ret_result;
        subject_session_keep(session, false);
        ending = run_once(environment, session, one, number + times * environment->numbers, ret_result);
        note_again(&first, why, ret_result);
        result_case_fini(&first);
    }
    subject_session_keep(session, true);
    ret_result->time_us = clock_now_us() - started_us;
    return ending.unreachable;
}

void case_not_run(const struct spec_case *one, enum verdict verdict, const char *reason,
                  struct result_case *ret_result)
{
    struct case_state state;
    case_state_init(&state, NULL, NULL, one);
    state.result.verdict = verdict;
    state.result.reason = mem_dup(reason);
    case_state_end(&state, ret_result);
}
