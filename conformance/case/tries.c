#include "conformance/case/tries.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/case/made.h"
#include "conformance/case/send.h"

char *step_purpose(const struct step_run *run, size_t try)
{
    if (run->purpose)
        return mem_dup(run->purpose);
    return try > 1 ? mem_printf("step %zu, try %zu", run->number, try) : mem_printf("step %zu", run->number);
}

/* Of the tries of a step only the first and the last stay in the evidence: makes room for another one. */
static void forget_try(struct case_state *state, size_t try)
{
    if (try < 3)
        return;
    struct result_case *result = &state->result;
    result_exchange_fini(&result->exchanges[--result->exchange_count]);
}

enum try_end {
    TRY_HELD,
    TRY_AGAIN,
    TRY_ANEW, /* the answer does not stand */
    TRY_OVER
};

/* What is judged again comes out of the transcript, wherever it once came from. */
static void exchange_now(const struct step_run *run, struct request *request,
                         const struct subject_watcher *watcher, struct subject_exchange *ret_exchange)
{
    const struct case_environment *environment = run->state->environment;
    const struct image_store_limits limits = {environment->target->timeout_ms, environment->stop};
    if (request->image && !subject_session_stand_in(run->state->session))
        image_store_fetch(&environment->target->images, request->image, &limits, watcher, ret_exchange);
    else
        case_send(run->state, request, watcher, ret_exchange);
}

/* What becomes of a try whose answer, if there is one, stands. */
static enum try_end end_try(struct judging *judging, const struct subject_exchange *exchange, size_t index,
                            bool holds, bool last)
{
    if (exchange->outcome != SUBJECT_ANSWERED) {
        step_not_answered(judging->run, exchange, index);
        return TRY_OVER;
    }
    if (!holds && !last)
        return TRY_AGAIN;
    judging_capture(judging, &exchange->answer);
    made_know(judging, &exchange->answer);
    return judging_settle(judging, index) ? TRY_HELD : TRY_OVER;
}

/* One try of a request. `last`: what does not hold now is final. */
static enum try_end try_send(struct step_run *run, const struct spec_step *step, struct request *request,
                             struct case_patience *patience, size_t try, bool last)
{
    struct judging judging;
    struct subject_watcher watcher;
    struct subject_exchange exchange;
    bool watched = judging_init(&judging, run, step, request, &watcher);
    if (!watched) {
        judging_settle(&judging, RESULT_NO_EXCHANGE);
        judging_fini(&judging);
        return TRY_OVER;
    }
    exchange_now(run, request, &watcher, &exchange);
    bool answered = exchange.outcome == SUBJECT_ANSWERED;
    if (answered)
        judging_judge(&judging, &exchange.answer);
    bool holds = answered && judging.finding_count == 0 && judging.err.code == ERR_NONE;
    enum case_standing standing = judging_awaits(&judging, exchange.answer.status)
                                      ? CASE_ANSWER_STANDS
                                      : case_stands(run->state, request, &exchange, patience);
    enum try_end end = standing == CASE_ASK_AGAIN ? TRY_ANEW : TRY_OVER;
    if (standing == CASE_ANSWER_STANDS) {
        CLEANUP(text) char *purpose = step_purpose(run, try);
        forget_try(run->state, try);
        size_t index = case_state_record(run->state, &exchange, request, purpose);
        end = end_try(&judging, &exchange, index, holds, last);
    }
    subject_exchange_fini(&exchange);
    judging_fini(&judging);
    return end;
}

/* Whether what does not hold at this try is final. A transcript knows. */
static bool is_last_try(const struct step_run *run, const struct spec_step *step, uint64_t deadline_us)
{
    const struct subject_stand_in *stand_in = subject_session_stand_in(run->state->session);
    if (stand_in)
        return !stand_in->repeats(stand_in->context);
    return clock_now_us() + step->until_every_ms * 1000 >= deadline_us;
}

/* What is judged again has been waited for. */
static void pause_for(const struct step_run *run, uint64_t ms)
{
    if (!subject_session_stand_in(run->state->session))
        clock_sleep_ms(ms);
}

bool step_try(struct step_run *run, const struct spec_step *step, struct request *request)
{
    uint64_t deadline_us = clock_now_us() + step->until_within_ms * 1000;
    struct case_patience patience = {0};
    enum try_end end = TRY_AGAIN;
    for (size_t try = 1; end == TRY_AGAIN || end == TRY_ANEW; try += end == TRY_AGAIN) {
        uint64_t began_us = clock_now_us();
        bool last = is_last_try(run, step, deadline_us);
        end = try_send(run, step, request, &patience, try, last);
        if (end == TRY_AGAIN) {
            patience = (struct case_patience){0};
            pause_for(run, step->until_every_ms);
        } else if (end == TRY_ANEW) {
            deadline_us += clock_now_us() - began_us; /* the wait was not for what is waited for */
        }
    }
    return end == TRY_HELD;
}
