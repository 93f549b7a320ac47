#include "conformance/case/send.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/pace.h"
#include "conformance/program.h"

#define RENEWALS_MAX 1
#define RUN_OUT_MAX  5 /* tokens that did not outlive the request they were sent with */
#define WAITS_MAX    5
#define WAIT_USUAL_S 2 /* of an answer that does not say how long, or says a date */

/* ---- sending ---- */

static bool prepare(struct case_state *state, struct request *request, struct err *err)
{
    uint64_t max_bytes = state->environment->target->max_upload_bytes;
    if (max_bytes && request->body && body_size(request->body) > max_bytes)
        return err_set(err, ERR_LIMIT, "a body of %" PRIu64 " bytes is more than the target's max_upload",
                       body_size(request->body));
    if (!request_authorize(request, err))
        return false;
    if (request->auth)
        secrets_add(&state->secrets, request->headers[request->token_header].value);
    if (state->environment->pace)
        pace_wait(state->environment->pace);
    return true;
}

bool case_send_prepare(struct case_state *state, struct request *request)
{
    struct err err = ERR_INIT;
    return prepare(state, request, &err) || case_state_error(state, "%s", err.text);
}

/* As an exchange: what it did is 200, what went wrong is nobody's answer. */
static void run_program(const struct request *request, const atomic_bool *stop,
                        struct subject_exchange *ret_exchange)
{
    struct err err = ERR_INIT;
    uint64_t started_us = clock_now_us();
    *ret_exchange = (struct subject_exchange){.outcome = SUBJECT_ANSWERED, .answer = {.status = 200}};
    if (!program_run(request->run, request->run_timeout_ms, stop, &err)) {
        ret_exchange->outcome = err.code == ERR_CANCELLED ? SUBJECT_STOPPED
                                : err.code == ERR_TIMEOUT ? SUBJECT_TIMEOUT
                                                          : SUBJECT_FAULT;
        ret_exchange->answer.status = 0;
        ret_exchange->error = mem_dup(err.text);
    }
    ret_exchange->time_us = clock_now_us() - started_us;
}

void case_send(struct case_state *state, struct request *request, const struct subject_watcher *watcher,
               struct subject_exchange *ret_exchange)
{
    struct err err = ERR_INIT;
    if (request->run && !subject_session_stand_in(state->session))
        run_program(request, request->wire.unstoppable ? NULL : state->environment->stop, ret_exchange);
    else if (prepare(state, request, &err))
        subject_send(state->session, &request->wire, watcher, ret_exchange);
    else
        *ret_exchange = (struct subject_exchange){.outcome = SUBJECT_FAULT, .error = mem_dup(err.text)};
}

void case_send_until_it_stands(struct case_state *state, struct request *request,
                               struct subject_exchange *ret_exchange)
{
    struct case_patience patience = {0};
    case_send(state, request, NULL, ret_exchange);
    while (case_stands(state, request, ret_exchange, &patience) == CASE_ASK_AGAIN) {
        subject_exchange_fini(ret_exchange);
        case_send(state, request, NULL, ret_exchange);
    }
}

/* ---- whether an answer stands ---- */

static bool is_token_refused(const struct request *request, const struct subject_exchange *exchange)
{
    return request->auth && exchange->answer.status == 401;
}

/* RFC 6585, 4, and RFC 9110, 15.6.4. */
static bool is_busy(const struct answer *answer)
{
    return answer->status == 429 || (answer->status == 503 && answer_header(answer, "Retry-After"));
}

/* A condition of the deployment is provoked to see what it answers, which may be a 503 where another refusal
 * is documented; but it is never the reason of a 429. */
static bool may_be_provoked(const struct case_state *state, const struct answer *answer)
{
    return state->one->parts->needs.condition_count > 0 && answer->status != 429;
}

/* No answer, or one that was taken long ago. */
static bool is_final(const struct case_state *state, const struct subject_exchange *exchange)
{
    return exchange->outcome != SUBJECT_ANSWERED || subject_session_stand_in(state->session);
}

static enum case_standing renew(struct case_state *state, const struct request *request,
                                struct case_patience *patience)
{
    bool has_run_out = auth_token_refused(request->auth, request->headers[request->token_header].value);
    if (patience->renewals >= (has_run_out ? RUN_OUT_MAX : RENEWALS_MAX))
        return CASE_ANSWER_STANDS;
    patience->renewals++;
    case_state_note(state, "the token of %s was refused, and another one issued", request->identity);
    return CASE_ASK_AGAIN;
}

/* RFC 9110, 10.2.3. */
static uint64_t wanted_wait_s(const struct answer *answer)
{
    uint64_t seconds;
    const char *after = answer_header(answer, "Retry-After");
    return after && number_parse_u64(after, &seconds) ? seconds : WAIT_USUAL_S;
}

static enum case_standing wait(struct case_state *state, const struct request *request,
                               const struct answer *answer, struct case_patience *patience)
{
    uint64_t seconds = wanted_wait_s(answer);
    if (patience->waits == WAITS_MAX || seconds > CASE_WAIT_MAX_S) {
        if (may_be_provoked(state, answer))
            return CASE_ANSWER_STANDS;
        case_state_error(state, "%s %s: the subject answers %d and wants to be asked again in %" PRIu64 " s",
                         request->method, request->url, answer->status, seconds);
        return CASE_GIVEN_UP;
    }
    patience->waits++;
    const atomic_bool *stop = request->wire.unstoppable ? NULL : state->environment->stop;
    if (pace_sleep(seconds * 1000, stop))
        return CASE_ASK_AGAIN;
    case_state_stopped(state);
    return CASE_GIVEN_UP;
}

enum case_standing case_stands(struct case_state *state, const struct request *request,
                               const struct subject_exchange *exchange, struct case_patience *patience)
{
    if (is_final(state, exchange))
        return CASE_ANSWER_STANDS;
    if (is_token_refused(request, exchange))
        return renew(state, request, patience);
    if (is_busy(&exchange->answer))
        return wait(state, request, &exchange->answer, patience);
    return CASE_ANSWER_STANDS;
}

void case_held_look(struct case_state *state, const struct request *request,
                    const struct subject_exchange *exchange)
{
    bool refused = is_token_refused(request, exchange);
    bool busy = is_busy(&exchange->answer) && !may_be_provoked(state, &exchange->answer);
    if (is_final(state, exchange) || !(refused || busy))
        return;
    if (refused)
        auth_token_refused(request->auth, request->headers[request->token_header].value);
    state->turned_away = exchange->answer.status;
    state->turned_away_s = refused ? 0 : wanted_wait_s(&exchange->answer);
}
