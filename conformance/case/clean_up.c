#include "conformance/case/clean_up.h"

#include "conformance/case/send.h"
#include "conformance/remains.h"

/* What is gone is as good as removed. */
static bool is_clean(int status)
{
    return (status >= 200 && status < 300) || status == 404 || status == 410;
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
    if (exchange.outcome != SUBJECT_ANSWERED)
        case_state_note(state, "left behind: %s %s: %s", later->request->method, later->request->url,
                        exchange.error);
    else if (!is_clean(exchange.answer.status))
        case_state_note(state, "left behind: %s %s answered %d", later->request->method, later->request->url,
                        exchange.answer.status);
    else
        remains_done(state->environment->remains, later->entry);
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
