#include "reports/test/made_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

const char made_hostile[] = "]]>&<\"'\\$(id)`id`\x01\x1b[31m\x7f\xc2\x9b"
                            "31m\xff\xfe\xed\xa0\x80\xef\xbf\xbf\xe2\x80\xae\xe2\x80\x8f\r\n\ttail";

static void set_message(struct result_message *message, const char *body)
{
    struct result_header *header = mem_append(&message->headers, &message->header_count);
    *header = (struct result_header){mem_dup("X-Auth-Token"), mem_dup("<redacted>")};
    header = mem_append(&message->headers, &message->header_count);
    *header = (struct result_header){mem_dup("X-Hostile"), mem_dup(body)};
    message->body.length_bytes = strlen(body);
    memcpy(message->body.md5, "00000000000000000000000000000000", 33);
    message->body.kept_bytes = strnlen(body, RESULT_BODY_KEPT_BYTES);
    message->body.kept = mem_dup_n(body, message->body.kept_bytes);
}

static void add_failure(struct result_case *result, const char *text)
{
    struct result_finding *finding = mem_append(&result->findings, &result->finding_count);
    *finding = (struct result_finding){mem_dup("some.clause"), mem_dup(text), mem_dup(text), 0};
    struct result_exchange *exchange = mem_append(&result->exchanges, &result->exchange_count);
    *exchange = (struct result_exchange){.purpose = mem_dup("step 1"),
                                         .identity = mem_dup("owner"),
                                         .method = mem_dup("PUT"),
                                         .outcome = mem_dup("answered"),
                                         .url = mem_dup("http://127.0.0.1/a?b='c'"),
                                         .status = 200};
    set_message(&exchange->request, text);
    set_message(&exchange->response, text);
}

static void add_case(struct run_result *run, enum verdict verdict, const char *text)
{
    struct result_case *result = mem_append(&run->cases, &run->case_count);
    *result = (struct result_case){
        .id = mem_printf("some.clause/case-%zu", run->case_count),
        .name = mem_dup(text),
        .api = mem_dup("images-v2"),
        .section = mem_dup(run->case_count > 3 ? "Other" : text),
        .level = mem_dup("must"),
        .says = mem_dup(text),
        .from = mem_dup(text),
        .file = mem_dup("some.yaml"),
        .line = 7,
        .verdict = verdict,
        .time_us = 1500,
    };
    *mem_append(&result->clauses, &result->clause_count) = mem_dup("some.clause");
    *mem_append(&result->notes, &result->note_count) = mem_dup(text);
    if (verdict == VERDICT_FAIL)
        add_failure(result, text);
    else if (verdict != VERDICT_PASS)
        result->reason = mem_dup(text);
}

static struct run_result make_head(const char *text)
{
    return (struct run_result){
        .subject = mem_dup(text),
        .subject_url = mem_dup("http://127.0.0.1"),
        .description = mem_dup("{}"),
        .edition = mem_dup("in-tree"),
        .suite_digest = mem_dup("abc"),
        .tool_version = mem_dup("0"),
        .started = mem_dup("2026-11-21T00:00:00Z"),
        .time_us = 5000,
    };
}

struct run_result made_run(const char *text)
{
    struct run_result run = make_head(text);
    for (int i = 0; i < VERDICT_COUNT; i++)
        add_case(&run, (enum verdict)i, text);
    return run;
}

struct run_result made_empty_run(void)
{
    return make_head("empty");
}

struct run_result made_huge_run(void)
{
    char *text = mem_alloc(BUF_MIB + 1);
    for (size_t i = 0; i < BUF_MIB; i++)
        text[i] = i % 8 == 7 ? ' ' : 'x';
    struct run_result run = made_run(text);
    free(text);
    return run;
}

struct run_result made_interrupted_run(void)
{
    struct run_result run = made_run("interrupted");
    run.interrupted = true;
    return run;
}

struct run_result made_bare_run(void)
{
    struct run_result run = made_run("bare");
    struct result_case *failed = &run.cases[VERDICT_FAIL];
    char *id = mem_dup(failed->id);
    result_case_fini(failed);
    *failed = (struct result_case){.id = id,
                                   .name = mem_dup("bare"),
                                   .api = mem_dup("images-v2"),
                                   .section = mem_dup("bare"),
                                   .level = mem_dup("must"),
                                   .says = mem_dup("bare"),
                                   .from = mem_dup("bare"),
                                   .file = mem_dup("some.yaml"),
                                   .verdict = VERDICT_FAIL};
    return run;
}
