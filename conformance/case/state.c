#include "conformance/case/state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/remains.h"

void case_describe(const struct spec_case *one, struct result_case *ret_result)
{
    const struct spec_clause *clause = one->clause;
    *ret_result = (struct result_case){0};
    ret_result->id = mem_dup(one->id);
    ret_result->name = mem_dup(one->name);
    ret_result->api = mem_dup(clause->file->api);
    ret_result->section = mem_dup(clause->file->section);
    ret_result->level = mem_dup(spec_level_name(clause->level));
    ret_result->says = mem_dup(clause->says);
    ret_result->from =
        mem_printf("%s: %s%s%s", clause->document, clause->heading, *clause->item ? " / " : "", clause->item);
    ret_result->file = mem_dup(clause->file->name);
    ret_result->line = one->place.line;
    if (clause->call)
        ret_result->call = mem_printf("%s %s", clause->call->method, clause->call->path);
    ret_result->status = clause->status;
    for (size_t i = 0; i < one->parts->clause_count; i++)
        *mem_append(&ret_result->clauses, &ret_result->clause_count) = mem_dup(one->parts->clauses[i]);
    for (size_t i = 0; i < one->parts->tag_count; i++)
        *mem_append(&ret_result->tags, &ret_result->tag_count) = mem_dup(one->parts->tags[i]);
}

void case_state_init(struct case_state *state, const struct case_environment *environment,
                     struct subject_session *session, const struct spec_case *one)
{
    *state = (struct case_state){.environment = environment, .session = session, .one = one};
    state->vars = vars_new(NULL);
    case_describe(one, &state->result); /* passes until something is found */
}

static bool decide(struct case_state *state, enum verdict verdict, char *reason)
{
    if (!state->over) {
        state->result.verdict = verdict;
        state->result.reason = TAKE(reason);
    }
    state->over = true;
    free(reason);
    return false;
}

bool case_state_error(struct case_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CLEANUP(text) char *text = mem_vprintf(format, args);
    va_end(args);
    return decide(state, VERDICT_ERROR, evidence_redact(text, &state->secrets));
}

void case_state_void(struct case_state *state, const char *format, ...)
{
    struct result_case *result = &state->result;
    va_list args;
    va_start(args, format);
    CLEANUP(text) char *text = mem_vprintf(format, args);
    va_end(args);
    for (size_t i = 0; i < result->finding_count; i++)
        result_finding_fini(&result->findings[i]);
    result->finding_count = 0;
    free(result->reason);
    result->reason = NULL;
    state->over = false;
    decide(state, VERDICT_ERROR, evidence_redact(text, &state->secrets));
}

bool case_state_stopped(struct case_state *state)
{
    return decide(state, VERDICT_SKIPPED, mem_dup("interrupted"));
}

void case_state_finding(struct case_state *state, const char *clause, const char *expected,
                        const char *actual, size_t exchange)
{
    struct result_finding *finding = mem_append(&state->result.findings, &state->result.finding_count);
    *finding = (struct result_finding){
        .clause = mem_dup(clause ? clause : state->one->clause->id),
        .expected = evidence_redact(expected, &state->secrets),
        .actual = evidence_redact(actual, &state->secrets),
        .exchange = exchange,
    };
    decide(state, VERDICT_FAIL, NULL);
}

void case_state_note(struct case_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CLEANUP(text) char *text = mem_vprintf(format, args);
    va_end(args);
    *mem_append(&state->result.notes, &state->result.note_count) = evidence_redact(text, &state->secrets);
}

bool case_state_undo(struct case_state *state, const struct request *request, size_t *ret_entry)
{
    const struct case_environment *environment = state->environment;
    struct err err = ERR_INIT;
    *ret_entry = REMAINS_NONE;
    if (!environment->remains)
        return true;
    *ret_entry =
        remains_undo(environment->remains, state->result.number, environment->target->url, request, &err);
    return *ret_entry != REMAINS_NONE || case_state_error(state, "%s", err.text);
}

struct case_later *case_state_put_off(struct case_state *state, struct request *request, const char *purpose)
{
    size_t entry;
    if (!case_state_undo(state, request, &entry)) {
        request_free(request);
        return NULL;
    }
    request->wire.unstoppable = true;
    struct case_later *later = mem_append(&state->later, &state->later_count);
    *later = (struct case_later){.request = request, .purpose = mem_dup(purpose), .entry = entry};
    return later;
}

bool case_state_later(struct case_state *state, const struct spec_send *send, const struct vars *vars,
                      const char *purpose)
{
    struct err err = ERR_INIT;
    struct request *request =
        request_make(send, state->environment->target, state->environment->fixtures, vars, &err);
    if (!request)
        return case_state_error(state, "%s: %s", purpose, err.text);
    return case_state_put_off(state, request, purpose);
}

/* An answer that brings back what the case has sent can be made again: its beginning is enough. */
static void drop_known_bytes(struct result_case *result)
{
    struct result_body *answered = &result->exchanges[result->exchange_count - 1].response.body;
    for (size_t i = 0; i < result->exchange_count && answered->kept_bytes > RESULT_BODY_KEPT_BYTES; i++) {
        const struct result_body *sent = &result->exchanges[i].request.body;
        if (sent->length_bytes == answered->length_bytes && strcmp(sent->md5, answered->md5) == 0)
            result_body_cut(answered);
    }
}

size_t case_state_record(struct case_state *state, const struct subject_exchange *exchange,
                         const struct request *request, const char *purpose)
{
    struct result_case *result = &state->result;
    evidence_take(exchange, request, purpose, &state->secrets,
                  mem_append(&result->exchanges, &result->exchange_count));
    drop_known_bytes(result);
    state->lost = state->lost || exchange->lost || exchange->outcome == SUBJECT_TIMEOUT;
    state->stale = state->stale || exchange->stale;
    return result->exchange_count - 1;
}

void case_state_end(struct case_state *state, struct result_case *ret_result)
{
    for (size_t i = 0; i < state->later_count; i++) {
        request_free(state->later[i].request);
        free(state->later[i].purpose);
    }
    free(state->later);
    free(state->held);
    case_files_fini(&state->files);
    vars_free(state->vars);
    secrets_fini(&state->secrets);
    *ret_result = state->result;
}
