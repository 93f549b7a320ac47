#include "conformance/case/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/case/send.h"
#include "conformance/match/pattern.h"
#include "conformance/match/pointer.h"
#include "conformance/pace.h"
#include "conformance/remains.h"

#define BODY_DEFAULT_MAX_BYTES ((uint64_t)16 << 20)
#define DIGEST_PIECE_BYTES     ((size_t)64 * 1024)
#define UNNAMED_FILE           "body" /* of an answer whose step does not say under which name it is kept */

/* ---- one exchange and what is expected of it ---- */

struct held_finding {
    const char *clause; /* NULL: the case's own */
    char *expected;
    char *actual;
};

/* One answer being judged: findings wait here, since `until` may make them void. */
struct judging {
    struct step_run *run;
    const struct spec_step *step;
    const struct request *request;
    struct match_watch **watches; /* beside step->expects; NULL where there is none */
    size_t current;               /* the expectation at hand */
    struct case_file file;        /* the body; without a path when nobody wants it */
    struct held_finding *findings;
    size_t finding_count;
    struct err err;
};

static void on_finding(void *context, const char *expected, const char *actual)
{
    struct judging *judging = context;
    *mem_append(&judging->findings, &judging->finding_count) = (struct held_finding){
        judging->step->expects[judging->current].clause, mem_dup(expected), mem_dup(actual)};
}

static void on_bytes(void *context, const void *bytes, size_t length)
{
    struct judging *judging = context;
    if (judging->file.path)
        case_file_write(&judging->file, bytes, length);
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        if (judging->watches[i])
            judging->watches[i]->bytes(judging->watches[i], bytes, length);
    }
}

static void judging_fini(struct judging *judging)
{
    for (size_t i = 0; i < judging->finding_count; i++) {
        free(judging->findings[i].expected);
        free(judging->findings[i].actual);
    }
    free(judging->findings);
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        if (judging->watches[i])
            judging->watches[i]->free(judging->watches[i]);
    }
    free(judging->watches);
    case_file_fini(&judging->file);
}

/* The body goes into a file when the step keeps it, or an expectation wants one. */
static bool open_file(struct judging *judging, struct subject_watcher *watcher)
{
    const struct spec_step *step = judging->step;
    bool wanted = step->keep;
    for (size_t i = 0; i < step->expect_count; i++)
        wanted = wanted || step->expects[i].matcher->reads_file;
    if (!wanted)
        return true;
    CLEANUP(text)
    char *name =
        step->keep ? template_expand(step->keep, judging->run->vars, &judging->err) : mem_dup(UNNAMED_FILE);
    watcher->most_bytes = CASE_FILE_MAX_BYTES;
    return name && case_file_open(&judging->run->state->files, name, &judging->file, &judging->err);
}

static bool judging_init(struct judging *judging, struct step_run *run, const struct spec_step *step,
                         const struct request *request, struct subject_watcher *watcher)
{
    *judging = (struct judging){.run = run, .step = step, .request = request, .err = ERR_INIT};
    judging->watches = mem_alloc((step->expect_count + 1) * sizeof *judging->watches);
    *watcher = (struct subject_watcher){on_bytes, judging, BODY_DEFAULT_MAX_BYTES};
    for (size_t i = 0; i < step->expect_count; i++) {
        const struct spec_expect *expect = &step->expects[i];
        if (!expect->matcher->watch)
            continue;
        judging->watches[i] =
            expect->matcher->watch(expect->data, run->vars, run->state->environment->fixtures, &judging->err);
        if (!judging->watches[i])
            return false;
        if (judging->watches[i]->most_bytes > watcher->most_bytes)
            watcher->most_bytes = judging->watches[i]->most_bytes;
    }
    return open_file(judging, watcher);
}

static bool reads_json(const struct spec_step *step)
{
    for (size_t i = 0; i < step->expect_count; i++) {
        if (step->expects[i].matcher->reads_json)
            return true;
    }
    for (size_t i = 0; i < step->capture_count; i++) {
        if (step->captures[i].kind == SPEC_CAPTURE_JSON)
            return true;
    }
    return false;
}

static void judge(struct judging *judging, struct answer *answer)
{
    if (reads_json(judging->step))
        answer_read_json(answer);
    if (judging->file.path && !case_file_end(&judging->file, &judging->err))
        return;
    answer->file = judging->file.path;
    const struct match_report report = {on_finding, judging};
    for (size_t i = 0; i < judging->step->expect_count; i++) {
        const struct spec_expect *expect = &judging->step->expects[i];
        judging->current = i;
        if (judging->watches[i]) {
            judging->watches[i]->finish(judging->watches[i], answer, &report);
            judging->watches[i] = NULL;
        }
        if (expect->matcher->check)
            expect->matcher->check(expect->data, answer, judging->run->vars,
                                   judging->run->state->environment->fixtures, &report, &judging->err);
    }
}

/* ---- what becomes of the case ---- */

static bool given_failed(struct step_run *run, const char *expected, const char *actual)
{
    return case_state_error(run->state, "%s, step %zu: expected %s, got %s", run->purpose, run->number,
                            expected, actual);
}

/* Nothing was answered, or not as HTTP wants it. */
static bool not_answered(struct step_run *run, const struct subject_exchange *exchange, size_t index)
{
    static const char whole[] = "a whole answer";
    struct case_state *state = run->state;
    state->lost = exchange->outcome == SUBJECT_BROKEN && exchange->answer.status == 0;
    switch (exchange->outcome) {
    case SUBJECT_STOPPED:
        return case_state_stopped(state);
    case SUBJECT_BROKEN:
    case SUBJECT_TOO_LONG:
        if (run->is_given)
            return given_failed(run, whole, exchange->error);
        case_state_finding(state, NULL, whole, exchange->error, index);
        return false;
    case SUBJECT_UNREACHABLE:
        state->unreachable = true;
        return case_state_error(state, "the subject cannot be reached: %s", exchange->error);
    case SUBJECT_TIMEOUT:
    case SUBJECT_FAULT:
    case SUBJECT_ANSWERED:
        break;
    }
    return case_state_error(state, "%s", exchange->error);
}

/* Makes the findings those of the case. False when there are any. */
static bool settle(struct judging *judging, size_t index)
{
    struct step_run *run = judging->run;
    if (judging->err.code != ERR_NONE)
        return case_state_error(run->state, "step %zu: %s", run->number, judging->err.text);
    for (size_t i = 0; i < judging->finding_count; i++) {
        const struct held_finding *finding = &judging->findings[i];
        if (run->is_given)
            return given_failed(run, finding->expected, finding->actual);
        case_state_finding(run->state, finding->clause, finding->expected, finding->actual, index);
    }
    return judging->finding_count == 0;
}

/* ---- captures ---- */

/* Digest of a request's body, which is made once more for it: owned hexadecimal, NULL with `err` set. */
static char *digest_of_body(const struct body *body, enum digest_kind kind, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest *digest = digest_new(kind);
    unsigned char *piece = mem_alloc(DIGEST_PIECE_BYTES);
    uint64_t size = body ? body_size(body) : 0;
    bool read = true;
    for (uint64_t offset = 0; read && offset < size; offset += DIGEST_PIECE_BYTES) {
        size_t length = size - offset < DIGEST_PIECE_BYTES ? (size_t)(size - offset) : DIGEST_PIECE_BYTES;
        read = body_read(body, offset, piece, length, err);
        digest_update(digest, piece, length);
    }
    if (read)
        digest_finish(digest, hex);
    digest_free(digest);
    free(piece);
    return read ? mem_dup(hex) : NULL;
}

static char *digest_of_answer(const struct answer *answer, enum digest_kind kind, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];
    if (answer->body_kept < answer->body_bytes) {
        err_set(err, ERR_LIMIT, "a body of %" PRIu64 " bytes is too long to capture its digest",
                answer->body_bytes);
        return NULL;
    }
    struct digest *digest = digest_new(kind);
    digest_update(digest, answer->body, answer->body_kept);
    digest_finish(digest, hex);
    digest_free(digest);
    return mem_dup(hex);
}

/* The part of a text that a pattern tells: a new reference, and the end of that to the whole. NULL when the
 * value is no text, or does not match. */
static json_t *part_of(json_t *whole, const struct pattern *part)
{
    CLEANUP(text)
    char *text = json_is_string(whole)
                     ? pattern_part(part, json_string_value(whole), json_string_length(whole))
                     : NULL;
    json_decref(whole);
    return text ? json_string(text) : NULL;
}

/* New reference; NULL when there is nothing to capture. */
static json_t *captured(const struct spec_capture *capture, const char *from, const struct request *request,
                        const struct answer *answer, struct err *err)
{
    enum digest_kind kind;
    char *text = NULL;
    if (capture->kind == SPEC_CAPTURE_JSON)
        return json_incref(pointer_get(answer->json, from));
    if (capture->kind == SPEC_CAPTURE_HEADER)
        text = mem_dup(answer_header(answer, from));
    else if (!digest_kind_parse(from, &kind))
        err_set(err, ERR_VALUE, "the digest '%s' is not one that can be computed here", from);
    else if (capture->kind == SPEC_CAPTURE_DIGEST)
        text = digest_of_answer(answer, kind, err);
    else
        text = digest_of_body(request->body, kind, err);
    json_t *value = text ? json_string(text) : NULL;
    free(text);
    return value;
}

static void say_not_captured(struct judging *judging, const struct spec_capture *capture, const char *from)
{
    CLEANUP(text)
    char *expected = capture->part ? mem_printf("%s that matches /%s/, to be captured as %s", from,
                                                pattern_text(capture->part), capture->name)
                                   : mem_printf("%s, to be captured as %s", from, capture->name);
    *mem_append(&judging->findings, &judging->finding_count) =
        (struct held_finding){NULL, TAKE(expected), mem_dup("nothing there")};
}

static void capture_all(struct judging *judging, const struct answer *answer)
{
    struct vars *vars = judging->run->vars;
    for (size_t i = 0; i < judging->step->capture_count; i++) {
        const struct spec_capture *capture = &judging->step->captures[i];
        CLEANUP(text) char *from = template_expand(capture->from, vars, &judging->err);
        json_t *value = from ? captured(capture, from, judging->request, answer, &judging->err) : NULL;
        if (value && capture->part)
            value = part_of(value, capture->part);
        if (value)
            vars_set(vars, capture->name, value);
        else if (from && judging->finding_count == 0)
            say_not_captured(judging, capture, from);
        json_decref(value);
    }
}

static bool note_cleanup(struct step_run *run, const struct spec_send *cleanup)
{
    struct case_state *state = run->state;
    const struct case_environment *environment = state->environment;
    struct err err = ERR_INIT;
    size_t entry;
    struct request *request =
        request_make(cleanup, environment->target, environment->fixtures, run->vars, &err);
    if (!request) { /* a capture is missing, which is a finding already */
        case_state_note(state, "left behind: what step %zu made: %s", run->number, err.text);
        return false;
    }
    bool noted = case_state_undo(state, request, &entry); /* without it, it is undone below all the same */
    request->wire.unstoppable = true;
    *mem_append(&state->later, &state->later_count) =
        (struct case_later){.request = request, .purpose = mem_dup("clean-up"), .entry = entry};
    return noted;
}

/* Nothing is left of what the request was to make, or the ledger knows how to undo it. */
static void made_done(struct step_run *run)
{
    for (size_t i = 0; i < run->entry_count; i++)
        remains_done(run->state->environment->remains, run->entries[i]);
}

/* What the step made must be removed, also when the answer is not quite what was expected, and also when a
 * refusal was expected: an image whose data are refused may be left. */
static void note_cleanups(struct judging *judging, const struct answer *answer)
{
    struct step_run *run = judging->run;
    bool made = answer->status >= 200 && answer->status < 300;
    size_t noted = 0;
    if (!(made || judging->finding_count == 0) || judging->err.code != ERR_NONE) {
        if (answer->status / 100 == 4)
            made_done(run); /* refused */
        return;
    }
    for (size_t i = 0; i < judging->step->cleanup_count; i++)
        noted += note_cleanup(run, &judging->step->cleanups[i]);
    if (noted == judging->step->cleanup_count)
        made_done(run);
}

/* ---- the kinds of steps ---- */

static char *purpose_of(const struct step_run *run, size_t try)
{
    if (run->purpose)
        return mem_dup(run->purpose);
    return try > 1 ? mem_printf("step %zu, try %zu", run->number, try) : mem_printf("step %zu", run->number);
}

static struct request *make_request(struct step_run *run, const struct spec_send *send)
{
    struct err err = ERR_INIT;
    const struct case_environment *environment = run->state->environment;
    struct request *request = request_make(send, environment->target, environment->fixtures, run->vars, &err);
    if (!request)
        case_state_error(run->state, "step %zu: %s", run->number, err.text);
    return request;
}

/* An entry is numbered from 1: none means that it could not be written. */
static bool take_entry(struct step_run *run, size_t entry, const struct err *err)
{
    *mem_append(&run->entries, &run->entry_count) = entry;
    return entry != REMAINS_NONE || case_state_error(run->state, "%s", err->text);
}

/* What the step changes is undone in a way that is known before. */
static bool note_changed(struct step_run *run, const struct spec_step *step)
{
    const struct case_environment *environment = run->state->environment;
    bool noted = true;
    for (size_t i = 0; noted && i < step->cleanup_count; i++) {
        struct err err = ERR_INIT;
        struct request *undo =
            request_make(&step->cleanups[i], environment->target, environment->fixtures, run->vars, &err);
        size_t entry = undo ? remains_undo(environment->remains, run->state->result.number,
                                           environment->target->url, undo, &err)
                            : REMAINS_NONE;
        noted = take_entry(run, entry, &err);
        request_free(undo);
    }
    return noted;
}

/* Before a request that makes something: how to find that, should the run not live to see the answer. What
 * tells nothing about itself in its answer is known already. */
static bool note_made(struct step_run *run, const struct spec_step *step, const struct request *request)
{
    struct case_state *state = run->state;
    struct remains *remains = state->environment->remains;
    struct err err = ERR_INIT;
    if (!remains || step->cleanup_count == 0)
        return true;
    if (step->capture_count == 0)
        return note_changed(run, step);
    size_t entry = remains_made(remains, state->result.number, state->one->clause->file->api, request, &err);
    return take_entry(run, entry, &err);
}

static bool is_stopped(const struct case_state *state)
{
    return atomic_load_explicit(state->environment->stop, memory_order_relaxed);
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
        not_answered(judging->run, exchange, index);
        return TRY_OVER;
    }
    if (!holds && !last)
        return TRY_AGAIN;
    capture_all(judging, &exchange->answer);
    note_cleanups(judging, &exchange->answer);
    return settle(judging, index) ? TRY_HELD : TRY_OVER;
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
        settle(&judging, RESULT_NO_EXCHANGE);
        judging_fini(&judging);
        return TRY_OVER;
    }
    exchange_now(run, request, &watcher, &exchange);
    bool answered = exchange.outcome == SUBJECT_ANSWERED;
    if (answered)
        judge(&judging, &exchange.answer);
    bool holds = answered && judging.finding_count == 0 && judging.err.code == ERR_NONE;
    enum case_standing standing =
        holds ? CASE_ANSWER_STANDS : case_stands(run->state, request, &exchange, patience);
    enum try_end end = standing == CASE_ASK_AGAIN ? TRY_ANEW : TRY_OVER;
    if (standing == CASE_ANSWER_STANDS) {
        CLEANUP(text) char *purpose = purpose_of(run, try);
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

static void forget_entries(struct step_run *run)
{
    free(run->entries);
    run->entries = NULL;
    run->entry_count = 0;
}

/* Until an answer is as expected, or it is too late for that. */
static bool try_until_over(struct step_run *run, const struct spec_step *step, struct request *request)
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

static bool run_send(struct step_run *run, const struct spec_step *step)
{
    struct request *request = make_request(run, &step->send);
    if (!request)
        return false;
    request->wire.unstoppable = step->cleanup_count > 0; /* what it makes could not be found again */
    if (!note_made(run, step, request)) {
        forget_entries(run);
        request_free(request);
        return false;
    }
    bool held = try_until_over(run, step, request);
    request_free(request);
    forget_entries(run);
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
    bool held = try_until_over(run, step, request);
    request_free(request);
    return held;
}

/* Of a request without an answer: whether it made anything is not known. */
static bool put_off_cleanups(struct step_run *run, const struct spec_step *step)
{
    for (size_t i = 0; i < step->cleanup_count; i++) {
        if (!case_state_later(run->state, &step->cleanups[i], run->vars, "clean-up"))
            return false;
    }
    return true;
}

static bool run_open(struct step_run *run, const struct spec_step *step)
{
    struct request *request = make_request(run, &step->send);
    if (!request)
        return false;
    if (!put_off_cleanups(run, step) || !case_send_prepare(run->state, request)) {
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
    CLEANUP(text) char *purpose = purpose_of(run, 1);
    size_t index = case_state_record(run->state, &exchange, held.request, purpose);
    bool holds = false;
    if (exchange.outcome != SUBJECT_ANSWERED) {
        not_answered(run, &exchange, index);
    } else {
        if (watched)
            judge(&judging, &exchange.answer);
        capture_all(&judging, &exchange.answer);
        note_cleanups(&judging, &exchange.answer);
        if (judging.finding_count > 0)
            case_held_look(run->state, held.request, &exchange);
        holds = settle(&judging, index);
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
    CLEANUP(text) char *purpose = purpose_of(run, 1);
    case_state_record(run->state, &exchange, held.request, purpose);
    subject_exchange_fini(&exchange);
    request_free(held.request);
    return put_off_cleanups(run, step);
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
