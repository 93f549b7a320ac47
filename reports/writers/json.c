/* DESIGN.md, "Machine-readable output": imageproof.results/1. Written case by case. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/writer.h"

/* Any bytes as a JSON string; null for NULL. */
static json_t *text_json(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    char *readable = escape_to_utf8(text, strlen(text));
    value = json_string(readable);
    free(readable);
    return value;
}

static json_t *texts_json(char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, text_json(texts[i]));
    return list;
}

static json_t *time_json(uint64_t time_us)
{
    return json_real((double)time_us / 1000.0);
}

static json_t *body_json(const struct result_body *body)
{
    if (!*body->md5)
        return json_null();
    bool is_text = escape_is_text(body->kept ? body->kept : "", body->kept_bytes);
    char *base64 = is_text ? NULL : escape_base64(body->kept, body->kept_bytes);
    json_t *value = json_pack("{s:I, s:s, s:o, s:o, s:b}", "length", (json_int_t)body->length_bytes, "md5",
                              body->md5, "generated", text_json(body->generated), is_text ? "text" : "base64",
                              is_text ? text_json(body->kept ? body->kept : "") : json_string(base64), "cut",
                              body->kept_bytes < body->length_bytes);
    free(base64);
    return value;
}

static json_t *headers_json(const struct result_message *message)
{
    json_t *headers = json_array();
    for (size_t i = 0; i < message->header_count; i++)
        json_array_append_new(headers, json_pack("[o, o]", text_json(message->headers[i].name),
                                                 text_json(message->headers[i].value)));
    return headers;
}

static json_t *exchange_json(const struct result_exchange *exchange)
{
    char *curl = result_curl(exchange);
    json_t *request = json_pack("{s:o, s:o, s:o, s:o}", "method", text_json(exchange->method), "url",
                                text_json(exchange->url), "headers", headers_json(&exchange->request), "body",
                                body_json(&exchange->request.body));
    json_t *response = exchange->status ? json_pack("{s:i, s:o, s:o}", "status", exchange->status, "headers",
                                                    headers_json(&exchange->response), "body",
                                                    body_json(&exchange->response.body))
                                        : json_null();
    json_t *value =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "purpose", text_json(exchange->purpose), "identity",
                  text_json(exchange->identity), "request", request, "response", response, "duration_ms",
                  time_json(exchange->time_us), "error", text_json(exchange->error), "curl", text_json(curl));
    free(curl);
    return value;
}

static json_t *finding_json(const struct result_finding *finding, size_t exchange_count)
{
    json_t *exchange =
        finding->exchange < exchange_count ? json_integer((json_int_t)finding->exchange) : json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "clause", text_json(finding->clause), "expected",
                     text_json(finding->expected), "actual", text_json(finding->actual), "exchange",
                     exchange);
}

static json_t *case_json(const struct result_case *result)
{
    json_t *findings = json_array();
    json_t *exchanges = json_array();
    for (size_t i = 0; i < result->finding_count; i++)
        json_array_append_new(findings, finding_json(&result->findings[i], result->exchange_count));
    for (size_t i = 0; i < result->exchange_count; i++)
        json_array_append_new(exchanges, exchange_json(&result->exchanges[i]));
    json_t *value = json_object();
    const struct {
        const char *name;
        json_t *value;
    } members[] = {
        {"id", text_json(result->id)},
        {"name", text_json(result->name)},
        {"api", text_json(result->api)},
        {"section", text_json(result->section)},
        {"level", text_json(result->level)},
        {"says", text_json(result->says)},
        {"from", text_json(result->from)},
        {"file", text_json(result->file)},
        {"line", json_integer((json_int_t)result->line)},
        {"verdict", json_string(verdict_name(result->verdict))},
        {"reason", text_json(result->reason)},
        {"clauses", texts_json(result->clauses, result->clause_count)},
        {"duration_ms", time_json(result->time_us)},
        {"findings", findings},
        {"notes", texts_json(result->notes, result->note_count)},
        {"exchanges", exchanges},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_object_set_new(value, members[i].name, members[i].value);
    return value;
}

static bool put(FILE *out, json_t *value)
{
    bool written = json_dumpf(value, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
    json_decref(value);
    return written;
}

static json_t *summary_json(const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    json_t *value = json_object();
    for (int i = 0; i < VERDICT_COUNT; i++)
        json_object_set_new(value, verdict_name((enum verdict)i),
                            json_integer((json_int_t)summary.counts[i]));
    return value;
}

/* Everything but the cases, without its closing brace. */
static bool put_head(const struct run_result *run, FILE *out)
{
    json_t *subject =
        json_pack("{s:o, s:o}", "name", text_json(run->subject), "url", text_json(run->subject_url));
    json_t *suite = json_pack("{s:o}", "sha256", text_json(run->suite_digest));
    json_t *head =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "schema", "imageproof.results/1",
                  "tool_version", text_json(run->tool_version), "subject", subject, "edition",
                  text_json(run->edition), "suite", suite, "started", text_json(run->started), "duration_ms",
                  time_json(run->time_us), "interrupted", run->interrupted, "ended_early",
                  text_json(run->ended_early), "summary", summary_json(run));
    char *text = json_dumps(head, JSON_COMPACT);
    json_decref(head);
    bool written = fwrite(text, 1, strlen(text) - 1, out) == strlen(text) - 1;
    free(text);
    return written;
}

static bool write_json(const struct run_result *run, FILE *out, struct err *err)
{
    bool written = put_head(run, out) && fputs(",\"cases\":[", out) >= 0;
    for (size_t i = 0; written && i < run->case_count; i++)
        written = fputs(i ? ",\n" : "\n", out) >= 0 && put(out, case_json(&run->cases[i]));
    written = written && fputs("\n]}\n", out) >= 0;
    return written || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_json = {"json", "for programs: everything, exchanges included", write_json};
