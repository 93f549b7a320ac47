#include "conformance/case/clean_up.h"

#include "conformance/case/send.h"
#include "conformance/remains.h"

/* What is gone is as good as removed. */
static bool is_clean(int status)
{
    return (status >= 200 && status < 300) || status == 404 || status == 410;
}

/* What is left behind, and why. */
static void tell_left(struct case_state *state, const struct case_later *later,
                      const struct subject_exchange *exchange)
{
    const struct request *request = later->request;
    if (request->run)
        case_state_note(state, "left behind: %s: %s", later->purpose, exchange->error);
    else if (exchange->outcome != SUBJECT_ANSWERED)
        case_state_note(state, "left behind: %s %s: %s", request->method, request->url, exchange->error);
    else
        case_state_note(state, "left behind: %s %s answered %d", request->method, request->url,
                        exchange->answer.status);
    state->stuck = state->stuck || later->alone;
}

static void send_later(struct case_state *state, const struct case_later *later)
{
    struct subject_exchange exchange;
    case_send_until_it_stands(state, later->request, &exchange);
    unsigned retries = state->environment->lost_retries + exchange.stale;
    for (unsigned i = 0; i < retries && exchange.outcome == SUBJECT_BROKEN; i++) {
        subject_exchange_fini(&exchange); /* what is removed twice is removed */
        case_send_until_it_stands(state, later->request, &exchange);
    }
    case_state_record(state, &exchange, later->request, later->purpose);
    if (exchange.outcome == SUBJECT_ANSWERED && is_clean(exchange.answer.status))
        remains_done(state->environment->remains, later->entry);
    else
        tell_left(state, later, &exchange);
    subject_exchange_fini(&exchange);
}

static void abandon(struct case_state *state, struct case_held *held)
{
    struct subject_exchange exchange;
    subject_abandon(held->open, &exchange);
    case_held_look(state, held->request, &exchange);
    case_state_record(state, &exchange, held->request, "cut off at the end of the case");
    subject_exchange_fini(&exchange);
    request_free(held->request);
}

void case_clean_up(struct case_state *state)
{
    for (size_t i = 0; i < state->held_count; i++)
        abandon(state, &state->held[i]);
    state->held_count = 0;
    for (size_t i = state->later_count; i-- > 0;)
        send_later(state, &state->later[i]);
}
