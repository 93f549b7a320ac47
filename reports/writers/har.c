/* HTTP Archive 1.2 (W3C Web Performance draft, "HTTP Archive (HAR) format"): a page for each case, an entry
 * for each exchange; any browser's tools open it. What HAR has no word for has a name with an underscore. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/escape.h"
#include "reports/json_value.h"
#include "reports/writer.h"

static const char *header(const struct result_message *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (strcasecmp(message->headers[i].name, name) == 0)
            return message->headers[i].value;
    }
    return "";
}

static json_t *date_json(uint64_t unix_us)
{
    char date[CLOCK_ISO_MS_SIZE];
    clock_iso_unix(unix_us, date);
    return json_string(date);
}

/* ---- messages ---- */

static json_t *size_json(const struct result_body *body)
{
    return json_integer((json_int_t)body->length_bytes);
}

static const char *kept_of(const struct result_body *body)
{
    return body->kept ? body->kept : "";
}

static const char *cut_of(const struct result_body *body)
{
    return body->kept_bytes < body->length_bytes ? "only the beginning was kept" : "";
}

/* What was sent; HAR has no encoding for it, so bytes are shown as far as they are text. */
static json_t *post_json(const struct result_message *request)
{
    char *text = escape_to_utf8(kept_of(&request->body), request->body.kept_bytes);
    json_t *post = json_pack("{s:o, s:s, s:o, s:s, s:s, s:o}", "mimeType",
                             json_value_text(header(request, "Content-Type")), "text", text, "params",
                             json_array(), "comment", cut_of(&request->body), "_md5", request->body.md5,
                             "_generated", json_value_text(request->body.generated));
    free(text);
    return post;
}

/* Name and value as they stand in the address, in which they are percent-encoded. */
static json_t *pair_json(const char *pair, size_t length)
{
    const char *equals = memchr(pair, '=', length);
    size_t name = equals ? (size_t)(equals - pair) : length;
    char *name_text = mem_dup_n(pair, name);
    char *value_text = equals ? mem_dup_n(equals + 1, length - name - 1) : mem_dup("");
    json_t *value =
        json_pack("{s:o, s:o}", "name", json_value_text(name_text), "value", json_value_text(value_text));
    free(name_text);
    free(value_text);
    return value;
}

static json_t *query_json(const char *url)
{
    json_t *list = json_array();
    const char *query = strchr(url, '?');
    while (query && *++query) {
        size_t length = strcspn(query, "&");
        json_array_append_new(list, pair_json(query, length));
        query = query[length] ? query + length : NULL;
    }
    return list;
}

static json_t *request_json(const struct result_exchange *exchange)
{
    json_t *request =
        json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:i, s:o}", "method", json_value_text(exchange->method),
                  "url", json_value_text(exchange->url), "httpVersion", "HTTP/1.1", "cookies", json_array(),
                  "headers", json_value_headers(&exchange->request), "queryString", query_json(exchange->url),
                  "headersSize", -1, "bodySize", size_json(&exchange->request.body));
    if (*exchange->request.body.md5)
        json_object_set_new(request, "postData", post_json(&exchange->request));
    return request;
}

static json_t *content_json(const struct result_message *response)
{
    const struct result_body *body = &response->body;
    bool is_text = escape_is_text(kept_of(body), body->kept_bytes);
    char *text =
        is_text ? mem_dup_n(kept_of(body), body->kept_bytes) : escape_base64(body->kept, body->kept_bytes);
    json_t *content = json_pack("{s:o, s:o, s:s, s:s, s:s}", "size", size_json(body), "mimeType",
                                json_value_text(header(response, "Content-Type")), "text", text, "comment",
                                cut_of(body), "_md5", body->md5);
    if (!is_text)
        json_object_set_new(content, "encoding", json_string("base64"));
    free(text);
    return content;
}

static json_t *response_json(const struct result_exchange *exchange)
{
    const struct result_message *response = &exchange->response;
    return json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "status", exchange->status,
                     "statusText", "", "httpVersion", "HTTP/1.1", "cookies", json_array(), "headers",
                     json_value_headers(response), "content", content_json(response), "redirectURL",
                     json_value_text(header(response, "Location")), "headersSize", -1, "bodySize",
                     size_json(&response->body), "_error", json_value_text(exchange->error));
}

/* Of the time only the whole is known: it stands as waiting. */
static json_t *entry_json(const struct result_case *result, const struct result_exchange *exchange)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:{}, s:{s:i, s:o, s:i}, s:o, s:o}", "pageref",
                     json_value_text(result->id), "startedDateTime", date_json(exchange->began_us), "time",
                     json_value_ms(exchange->time_us), "request", request_json(exchange), "response",
                     response_json(exchange), "cache", "timings", "send", 0, "wait",
                     json_value_ms(exchange->time_us), "receive", 0, "comment",
                     json_value_text(exchange->purpose), "_identity", json_value_text(exchange->identity));
}

static json_t *page_json(const struct result_case *result)
{
    uint64_t began_us = result->exchange_count > 0 ? result->exchanges[0].began_us : 0;
    return json_pack("{s:o, s:o, s:o, s:{}, s:s}", "startedDateTime", date_json(began_us), "id",
                     json_value_text(result->id), "title", json_value_text(result->name), "pageTimings",
                     "_verdict", verdict_name(result->verdict));
}

/* ---- the whole ---- */

static bool put_pages(const struct run_result *run, FILE *out)
{
    bool written = true;
    for (size_t i = 0; written && i < run->case_count; i++)
        written = fputs(i ? ",\n" : "\n", out) >= 0 && json_value_put(out, page_json(result_at(run, i)));
    return written;
}

static bool put_entries(const struct run_result *run, FILE *out)
{
    bool written = true;
    bool first = true;
    for (size_t i = 0; written && i < run->case_count; i++) {
        const struct result_case *result = result_at(run, i);
        for (size_t k = 0; written && k < result->exchange_count; k++) {
            written = fputs(first ? "\n" : ",\n", out) >= 0 &&
                      json_value_put(out, entry_json(result, &result->exchanges[k]));
            first = false;
        }
    }
    return written;
}

static bool write_har(const struct run_result *run, FILE *out, struct err *err)
{
    json_t *log = json_pack("{s:s, s:{s:s, s:o}, s:o, s:o}", "version", "1.2", "creator", "name",
                            "imageproof", "version", json_value_text(run->tool_version), "comment",
                            json_value_text(run->subject), "_endedEarly", json_value_text(run->ended_early));
    bool written = fputs("{\"log\":", out) >= 0 && json_value_open(out, log) &&
                   fputs(",\"pages\":[", out) >= 0 && put_pages(run, out) &&
                   fputs("\n],\"entries\":[", out) >= 0 && put_entries(run, out) &&
                   fputs("\n]}}\n", out) >= 0;
    return written || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_har = {"har", "for a browser's tools: the exchanges, as HTTP Archive 1.2",
                                  write_har};
