#include "reports/result.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

static const char *const names[VERDICT_COUNT] = {
    [VERDICT_PASS] = "pass",       [VERDICT_FAIL] = "fail",
    [VERDICT_SKIPPED] = "skipped", [VERDICT_NOT_CLAIMED] = "not-claimed",
    [VERDICT_ERROR] = "error",
};

const char *verdict_name(enum verdict verdict)
{
    return names[verdict];
}

static void message_fini(struct result_message *message)
{
    for (size_t i = 0; i < message->header_count; i++) {
        free(message->headers[i].name);
        free(message->headers[i].value);
    }
    free(message->headers);
    free(message->body.kept);
    free(message->body.generated);
}

void result_finding_fini(struct result_finding *finding)
{
    free(finding->clause);
    free(finding->expected);
    free(finding->actual);
}

void result_exchange_fini(struct result_exchange *exchange)
{
    free(exchange->purpose);
    free(exchange->identity);
    free(exchange->method);
    free(exchange->url);
    free(exchange->outcome);
    free(exchange->error);
    message_fini(&exchange->request);
    message_fini(&exchange->response);
    *exchange = (struct result_exchange){0};
}

void result_body_cut(struct result_body *body)
{
    if (body->kept_bytes <= RESULT_BODY_KEPT_BYTES)
        return;
    body->kept_bytes = RESULT_BODY_KEPT_BYTES;
    body->kept = mem_resize(body->kept, RESULT_BODY_KEPT_BYTES + 1, 1);
    body->kept[RESULT_BODY_KEPT_BYTES] = '\0';
}

static void words_free(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

void result_case_fini(struct result_case *result)
{
    char *texts[] = {result->id,     result->name, result->api,   result->section, result->level,
                     result->says,   result->from, result->file,  result->call,    result->reason,
                     result->run_id, result->uuid, result->source};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    words_free(result->clauses, result->clause_count);
    words_free(result->tags, result->tag_count);
    words_free(result->notes, result->note_count);
    for (size_t i = 0; i < result->finding_count; i++)
        result_finding_fini(&result->findings[i]);
    free(result->findings);
    for (size_t i = 0; i < result->exchange_count; i++)
        result_exchange_fini(&result->exchanges[i]);
    free(result->exchanges);
    *result = (struct result_case){0};
}

void result_fini(struct run_result *run)
{
    if (!run)
        return;
    char *texts[] = {run->subject, run->subject_url,  run->description,
                     run->edition, run->suite_digest, run->tool_version,
                     run->started, run->run_id,       run->ended_early};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    words_free(run->resumed, run->resumed_count);
    for (size_t i = 0; run->cases && i < run->case_count; i++)
        result_case_fini(&run->cases[i]);
    free(run->cases);
    if (run->log)
        run->keeper->free(run->log);
    *run = (struct run_result){0};
}

const struct result_case *result_at(const struct run_result *run, size_t index)
{
    return run->cases ? &run->cases[index] : run->keeper->at(run->log, index, false);
}

const struct result_case *result_at_whole(const struct run_result *run, size_t index)
{
    return run->cases ? &run->cases[index] : run->keeper->at(run->log, index, true);
}

enum verdict result_verdict(const struct run_result *run, size_t index)
{
    return run->cases ? run->cases[index].verdict : run->keeper->verdict(run->log, index);
}

struct result_summary result_summarise(const struct run_result *run)
{
    struct result_summary summary = {0};
    for (size_t i = 0; i < run->case_count; i++)
        summary.counts[result_verdict(run, i)]++;
    return summary;
}

char *result_resumed(const struct run_result *run)
{
    struct buf times;
    buf_init(&times, BUF_MIB);
    for (size_t i = 0; i < run->resumed_count; i++)
        buf_printf(&times, "%s%s", i > 0 ? ", " : "", run->resumed[i]);
    if (run->resumed_count > 0)
        return buf_take(&times);
    buf_fini(&times);
    return NULL;
}
