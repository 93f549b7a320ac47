/* DESIGN.md, "Machine-readable output": imageproof.results/1. Written case by case. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/json_value.h"
#include "reports/writer.h"

static json_t *body_json(const struct result_body *body)
{
    if (!*body->md5)
        return json_null();
    bool is_text = escape_is_text(body->kept ? body->kept : "", body->kept_bytes);
    char *base64 = is_text ? NULL : escape_base64(body->kept, body->kept_bytes);
    json_t *value =
        json_pack("{s:I, s:s, s:o, s:o, s:b}", "length", (json_int_t)body->length_bytes, "md5", body->md5,
                  "generated", json_value_text(body->generated), is_text ? "text" : "base64",
                  is_text ? json_value_text(body->kept ? body->kept : "") : json_string(base64), "cut",
                  body->kept_bytes < body->length_bytes);
    free(base64);
    return value;
}

static json_t *headers_json(const struct result_message *message)
{
    json_t *headers = json_array();
    for (size_t i = 0; i < message->header_count; i++)
        json_array_append_new(headers, json_pack("[o, o]", json_value_text(message->headers[i].name),
                                                 json_value_text(message->headers[i].value)));
    return headers;
}

static json_t *exchange_json(const struct result_exchange *exchange)
{
    char *curl = result_curl(exchange);
    json_t *request = json_pack("{s:o, s:o, s:o, s:o}", "method", json_value_text(exchange->method), "url",
                                json_value_text(exchange->url), "headers", headers_json(&exchange->request),
                                "body", body_json(&exchange->request.body));
    json_t *response = exchange->status ? json_pack("{s:i, s:o, s:o}", "status", exchange->status, "headers",
                                                    headers_json(&exchange->response), "body",
                                                    body_json(&exchange->response.body))
                                        : json_null();
    json_t *value =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "purpose", json_value_text(exchange->purpose),
                  "identity", json_value_text(exchange->identity), "request", request, "response", response,
                  "duration_ms", json_value_ms(exchange->time_us), "error", json_value_text(exchange->error),
                  "curl", json_value_text(curl));
    free(curl);
    return value;
}

static json_t *finding_json(const struct result_finding *finding, size_t exchange_count)
{
    json_t *exchange =
        finding->exchange < exchange_count ? json_integer((json_int_t)finding->exchange) : json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "clause", json_value_text(finding->clause), "expected",
                     json_value_text(finding->expected), "actual", json_value_text(finding->actual),
                     "exchange", exchange);
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
        {"id", json_value_text(result->id)},
        {"name", json_value_text(result->name)},
        {"api", json_value_text(result->api)},
        {"section", json_value_text(result->section)},
        {"level", json_value_text(result->level)},
        {"says", json_value_text(result->says)},
        {"from", json_value_text(result->from)},
        {"file", json_value_text(result->file)},
        {"line", json_integer((json_int_t)result->line)},
        {"verdict", json_string(verdict_name(result->verdict))},
        {"reason", json_value_text(result->reason)},
        {"call", json_value_text(result->call)},
        {"status", result->status ? json_integer(result->status) : json_null()},
        {"clauses", json_value_texts(result->clauses, result->clause_count)},
        {"tags", json_value_texts(result->tags, result->tag_count)},
        {"duration_ms", json_value_ms(result->time_us)},
        {"findings", findings},
        {"notes", json_value_texts(result->notes, result->note_count)},
        {"exchanges", exchanges},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_object_set_new(value, members[i].name, members[i].value);
    return value;
}

/* Everything but the cases, without its closing brace. */
static bool put_head(const struct run_result *run, FILE *out)
{
    json_t *subject = json_pack("{s:o, s:o}", "name", json_value_text(run->subject), "url",
                                json_value_text(run->subject_url));
    json_t *suite = json_pack("{s:o}", "sha256", json_value_text(run->suite_digest));
    json_t *resumed = json_array();
    for (size_t i = 0; i < run->resumed_count; i++)
        json_array_append_new(resumed, json_value_text(run->resumed[i]));
    json_t *head = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "schema",
                             "imageproof.results/1", "tool_version", json_value_text(run->tool_version),
                             "subject", subject, "edition", json_value_text(run->edition), "suite", suite,
                             "started", json_value_text(run->started), "resumed", resumed, "duration_ms",
                             json_value_ms(run->time_us), "interrupted", run->interrupted, "ended_early",
                             json_value_text(run->ended_early), "summary", json_value_summary(run));
    return json_value_open(out, head);
}

static bool write_json(const struct run_result *run, FILE *out, struct err *err)
{
    bool written = put_head(run, out) && fputs(",\"cases\":[", out) >= 0;
    for (size_t i = 0; written && i < run->case_count; i++)
        written = fputs(i ? ",\n" : "\n", out) >= 0 && json_value_put(out, case_json(result_at(run, i)));
    written = written && fputs("\n]}\n", out) >= 0;
    return written || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_json = {"json", "for programs: everything, exchanges included", write_json};
