#include "conformance/case/steps.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/made.h"
#include "conformance/case/send.h"
#include "conformance/case/tries.h"
#include "conformance/pace.h"

static struct request *make_request(struct step_run *run, const struct spec_send *send)
{
    struct err err = ERR_INIT;
    const struct case_environment *environment = run->state->environment;
    struct request *request = request_make(send, environment->target, environment->fixtures, run->vars, &err);
    if (!request)
        case_state_error(run->state, "step %zu: %s", run->number, err.text);
    return request;
}

static bool is_stopped(const struct case_state *state)
{
    return atomic_load_explicit(state->environment->stop, memory_order_relaxed);
}

static bool run_send(struct step_run *run, const struct spec_step *step)
{
    struct request *request = make_request(run, &step->send);
    if (!request)
        return false;
    request->wire.unstoppable = step->cleanup_count > 0; /* what it makes could not be found again */
    if (!made_expect(run, step, request)) {
        made_forget(run);
        request_free(request);
        return false;
    }
    bool held = step_try(run, step, request);
    request_free(request);
    made_forget(run);
    return held;
}

static bool run_fetch(struct step_run *run, const struct spec_step *step)
{
    const struct case_environment *environment = run->state->environment;
    struct err err = ERR_INIT;
    struct request *request =
        environment->target->images.kind == IMAGE_STORE_DOWNLOAD
            ? request_make(&step->send, environment->target, environment->fixtures, run->vars, &err)
            : request_for_image(&step->send, run->vars, &err);
    if (!request)
        return case_state_error(run->state, "step %zu: %s", run->number, err.text);
    bool held = step_try(run, step, request);
    request_free(request);
    return held;
}

static bool run_open(struct step_run *run, const struct spec_step *step)
{
    struct request *request = make_request(run, &step->send);
    if (!request)
        return false;
    if (!made_put_off(run, step) || !case_send_prepare(run->state, request)) {
        request_free(request);
        return false;
    }
    struct subject_open *open = subject_open(run->state->session, &request->wire, request->pause_after);
    *mem_append(&run->state->held, &run->state->held_count) = (struct case_held){step->name, open, request};
    return true;
}

/* The loader has seen to it that there is one of that name. */
static struct case_held take_held(struct case_state *state, const char *name)
{
    size_t i = 0;
    while (strcmp(state->held[i].name, name) != 0)
        i++;
    struct case_held held = state->held[i];
    state->held[i] = state->held[--state->held_count];
    return held;
}

static bool run_finish(struct step_run *run, const struct spec_step *step)
{
    struct case_held held = take_held(run->state, step->name);
    struct judging judging;
    struct subject_watcher watcher;
    struct subject_exchange exchange;
    bool watched = judging_init(&judging, run, step, held.request, &watcher);
    subject_finish(held.open, &watcher, &exchange);
    CLEANUP(text) char *purpose = step_purpose(run, 1);
    size_t index = case_state_record(run->state, &exchange, held.request, purpose);
    bool holds = false;
    if (exchange.outcome != SUBJECT_ANSWERED) {
        step_not_answered(run, &exchange, index);
    } else {
        if (watched)
            judging_judge(&judging, &exchange.answer);
        judging_capture(&judging, &exchange.answer);
        made_know(&judging, &exchange.answer);
        if (!judging_awaits(&judging, exchange.answer.status))
            case_held_look(run->state, held.request, &exchange);
        holds = judging_settle(&judging, index);
    }
    subject_exchange_fini(&exchange);
    judging_fini(&judging);
    request_free(held.request);
    return holds;
}

static bool run_abandon(struct step_run *run, const struct spec_step *step)
{
    struct case_held held = take_held(run->state, step->name);
    struct subject_exchange exchange;
    subject_abandon(held.open, &exchange);
    case_held_look(run->state, held.request, &exchange);
    CLEANUP(text) char *purpose = step_purpose(run, 1);
    case_state_record(run->state, &exchange, held.request, purpose);
    subject_exchange_fini(&exchange);
    request_free(held.request);
    return made_put_off(run, step);
}

static bool run_wait(struct step_run *run, const struct spec_step *step)
{
    if (subject_session_stand_in(run->state->session))
        return true;
    return pace_sleep(step->wait_ms, run->state->environment->stop) || case_state_stopped(run->state);
}

bool steps_run(struct step_run *run, const struct spec_step *steps, size_t count)
{
    static bool (*const runs[])(struct step_run * run, const struct spec_step *step) = {
        [SPEC_STEP_SEND] = run_send,     [SPEC_STEP_FETCH] = run_fetch,     [SPEC_STEP_OPEN] = run_open,
        [SPEC_STEP_FINISH] = run_finish, [SPEC_STEP_ABANDON] = run_abandon, [SPEC_STEP_WAIT] = run_wait,
    };
    for (size_t i = 0; i < count; i++) {
        run->number = i + 1;
        if (is_stopped(run->state))
            return case_state_stopped(run->state);
        if (!runs[steps[i].kind](run, &steps[i]))
            return false;
    }
    return true;
}
