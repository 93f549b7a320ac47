#include "conformance/case/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conformance/case/clean_up.h"
#include "conformance/case/hooks.h"
#include "conformance/case/lacks.h"
#include "conformance/case/send.h"
#include "conformance/case/state.h"
#include "conformance/case/steps.h"
#include "conformance/case/variables.h"
#include "conformance/pace.h"

#define TURNED_AWAY_MAX 5
#define LOOKS_MAX       5
#define LOOK_PAUSE_MS   100

/* ---- the variables that every case has ---- */

static void add_login(struct secrets *secrets, const struct basic_login *basic)
{
    if (!basic)
        return;
    CLEANUP(text) char *text = basic_login_text(basic);
    secrets_add(secrets, basic->password);
    secrets_add(secrets, text);
}

static void add_secrets(struct case_state *state)
{
    const struct target *target = state->environment->target;
    struct err err = ERR_INIT;
    for (size_t i = 0; i < target->identity_count; i++) {
        const struct target_identity *identity = &target->identities[i];
        CLEANUP(text)
        char *token = identity->token ? template_expand(identity->token, state->vars, &err) : NULL;
        secrets_add(&state->secrets, token);
        add_login(&state->secrets, identity->basic);
        secrets_add_auth(&state->secrets, identity->auth);
    }
    if (err.code != ERR_NONE)
        case_state_error(state, "the identities of the target: %s", err.text);
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
    struct err err = ERR_INIT;
    add_secrets(state);
    if (!variables_set_case(state->vars, state->one, environment->target, &err))
        case_state_error(state, "%s", err.text);
}

/* ---- givens ---- */

static bool run_given_steps(struct case_state *state, const struct spec_given_use *use,
                            const struct spec_given *given, struct vars *vars)
{
    if (given->after && !run_given_steps(state, use, given->after, vars))
        return false;
    CLEANUP(text) char *purpose = mem_printf("given %s: %s", use->name, given->name);
    struct step_run run = {.state = state, .vars = vars, .purpose = purpose, .is_given = true};
    return steps_run(&run, given->steps, given->step_count);
}

static bool run_given(struct case_state *state, const struct spec_given_use *use)
{
    struct vars *scope = vars_new(state->vars);
    struct err err = ERR_INIT;
    bool had = variables_set_given(scope, use, state->vars, &err) || case_state_error(state, "%s", err.text);
    had = had && run_given_steps(state, use, use->given, scope);
    if (had)
        variables_publish(state->vars, use, scope);
    vars_free(scope);
    return had;
}

/* ---- the whole ---- */

static bool run_parts(struct case_state *state)
{
    for (size_t i = 0; i < state->one->parts->given_count; i++) {
        if (!run_given(state, &state->one->parts->givens[i]))
            return false;
    }
    if (!case_enter_states(state))
        return false;
    struct step_run run = {.state = state, .vars = state->vars, .purpose = NULL, .is_given = false};
    return steps_run(&run, state->one->parts->steps, state->one->parts->step_count);
}

/* One more request, whatever its answer, tells whether the subject is still there. */
static enum subject_outcome look_after_it(struct case_state *state)
{
    CLEANUP(text) char *url = mem_printf("%s/", state->environment->target->url);
    struct request *request = request_for_probe(url);
    struct subject_exchange exchange;
    case_send(state, request, NULL, &exchange);
    case_state_record(state, &exchange, request, "whether the subject is still there");
    enum subject_outcome outcome = exchange.outcome;
    if (outcome == SUBJECT_UNREACHABLE)
        case_state_void(state, "the subject has gone in the middle of it: %s", exchange.error);
    subject_exchange_fini(&exchange);
    request_free(request);
    return outcome;
}

/* A transcript knows. */
static bool is_last_look(const struct case_state *state, size_t looks)
{
    const struct subject_stand_in *stand_in = subject_session_stand_in(state->session);
    return stand_in ? !stand_in->repeats(stand_in->context) : looks == LOOKS_MAX;
}

static bool pause_before_look(const struct case_state *state)
{
    return subject_session_stand_in(state->session) || pace_sleep(LOOK_PAUSE_MS, state->environment->stop);
}

/* A broken answer is the fault of a subject that goes on. One that has ended since did not mean it; while it
 * ends, connections are taken for a moment more, and lost. */
static void tell_broken_from_gone(struct case_state *state)
{
    enum subject_outcome outcome = SUBJECT_BROKEN;
    bool last = false;
    for (size_t looks = 1; outcome == SUBJECT_BROKEN && !last; looks++) {
        if (looks > 1 && !pause_before_look(state))
            return;
        last = is_last_look(state, looks);
        outcome = look_after_it(state);
    }
    state->unreachable = outcome == SUBJECT_UNREACHABLE;
}

/* Why a case may have to be run once more: it says nothing of the subject then, unless it does so each time.
 */
struct ending {
    bool unreachable;
    bool lost;
    bool stale;
    bool turned_away;
    bool stuck;
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
    if (state.broken)
        tell_broken_from_gone(&state);
    if (state.turned_away)
        case_state_void(&state, "answered %d to a request that was held, which says nothing of it",
                        state.turned_away);
    const struct ending ending = {.unreachable = state.unreachable,
                                  .lost = state.lost && !judged_well,
                                  .stale = state.stale && !judged_well,
                                  .turned_away = state.turned_away,
                                  .turned_away_s = state.turned_away_s,
                                  .stuck = state.stuck};
    case_state_end(&state, ret_result);
    return ending;
}

/* Why the case is run once more, after so many times; NULL: it is not. */
static const char *why_again(const struct case_environment *environment, const struct ending *ending,
                             unsigned times)
{
    if (ending->stuck || atomic_load_explicit(environment->stop, memory_order_relaxed))
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

/* Beside others, or alone when what it brings about would be theirs, too. */
static void take_turn(const struct case_environment *environment, const struct spec_case *one)
{
    if (!environment->turns)
        return;
    if (case_is_alone(environment->target, one))
        pthread_rwlock_wrlock(environment->turns);
    else
        pthread_rwlock_rdlock(environment->turns);
}

static void end_turn(const struct case_environment *environment)
{
    if (environment->turns)
        pthread_rwlock_unlock(environment->turns);
}

enum case_after case_run(const struct case_environment *environment, struct subject_session *session,
                         const struct spec_case *one, size_t number, struct result_case *ret_result)
{
    char *lacks = case_lacks(environment->target, environment->fixtures, one);
    if (lacks) {
        case_not_run(one, VERDICT_NOT_CLAIMED, lacks, ret_result);
        free(lacks);
        return CASE_AFTER_GO_ON;
    }
    take_turn(environment, one);
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
    end_turn(environment);
    return ending.stuck ? CASE_AFTER_STUCK : ending.unreachable ? CASE_AFTER_UNREACHABLE : CASE_AFTER_GO_ON;
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
