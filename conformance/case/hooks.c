#include "conformance/case/hooks.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/send.h"

static struct request *make_request(struct case_state *state, const struct target_hook *hook,
                                    const char *purpose)
{
    const struct case_environment *environment = state->environment;
    struct err err = ERR_INIT;
    struct request *request =
        request_for_hook(hook, environment->target, environment->fixtures, state->vars, &err);
    if (!request)
        case_state_error(state, "%s: %s", purpose, err.text);
    return request;
}

/* Whether it was answered with 2xx, or its program ended with 0. */
static bool has_entered(struct case_state *state, const struct subject_exchange *exchange,
                        const char *purpose)
{
    if (exchange->outcome == SUBJECT_STOPPED)
        return case_state_stopped(state);
    state->unreachable = exchange->outcome == SUBJECT_UNREACHABLE;
    if (state->unreachable)
        return case_state_error(state, "the subject cannot be reached: %s", exchange->error);
    if (exchange->outcome != SUBJECT_ANSWERED)
        return case_state_error(state, "%s: %s", purpose, exchange->error);
    return exchange->answer.status / 100 == 2 ||
           case_state_error(state, "%s: answered %d", purpose, exchange->answer.status);
}

static bool run_hook(struct case_state *state, const struct target_hook *hook, const char *purpose)
{
    struct request *request = make_request(state, hook, purpose);
    if (!request)
        return false;
    struct subject_exchange exchange;
    case_send_until_it_stands(state, request, &exchange);
    case_state_record(state, &exchange, request, purpose);
    bool entered = has_entered(state, &exchange, purpose);
    subject_exchange_fini(&exchange);
    request_free(request);
    return entered;
}

static bool put_off_leaving(struct case_state *state, const char *what, const struct target_state *entered)
{
    CLEANUP(text) char *purpose = mem_printf("leave %s %s", what, entered->name);
    struct request *request = make_request(state, entered->leave, purpose);
    struct case_later *later = request ? case_state_put_off(state, request, purpose) : NULL;
    if (later)
        later->alone = entered->alone;
    return later;
}

static bool enter(struct case_state *state, const char *what, const struct target_state *entered)
{
    CLEANUP(text) char *purpose = mem_printf("enter %s %s", what, entered->name);
    if (atomic_load_explicit(state->environment->stop, memory_order_relaxed))
        return case_state_stopped(state);
    if (entered->leave && !put_off_leaving(state, what, entered))
        return false;
    return !entered->enter || run_hook(state, entered->enter, purpose);
}

bool case_enter_states(struct case_state *state)
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

bool case_is_alone(const struct target *target, const struct spec_case *one)
{
    const struct spec_needs *needs = &one->parts->needs;
    bool alone = false;
    for (size_t i = 0; i < needs->limit_count; i++)
        alone = alone || target_limit(target, needs->limits[i])->alone;
    for (size_t i = 0; i < needs->condition_count; i++)
        alone = alone || target_condition(target, needs->conditions[i])->alone;
    return alone;
}
