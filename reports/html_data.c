#include "reports/html_data.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/json_value.h"
#include "reports/page.h"

/* ---- texts that many rows share ---- */

struct shared {
    char *key;
    size_t index;
    json_t *value;
    UT_hash_handle hh;
};

/* The entry of the key; when it is new, its value is to be put there. */
static struct shared *share(struct shared **table, const char *key)
{
    struct shared *shared;
    HASH_FIND_STR(*table, key, shared);
    if (shared)
        return shared;
    shared = mem_alloc(sizeof *shared);
    shared->key = mem_dup(key);
    shared->index = HASH_COUNT(*table);
    HASH_ADD_KEYPTR(hh, *table, shared->key, strlen(shared->key), shared);
    return shared;
}

static size_t share_text(struct shared **table, const char *text)
{
    struct shared *shared = share(table, text);
    if (!shared->value)
        shared->value = json_value_text(text);
    return shared->index;
}

static json_t *shared_json(const struct shared *table)
{
    json_t *list = json_array();
    for (const struct shared *shared = table; shared; shared = shared->hh.next)
        json_array_append(list, shared->value);
    return list;
}

static void shared_free(struct shared *table)
{
    struct shared *shared;
    struct shared *next;
    HASH_ITER (hh, table, shared, next) {
        HASH_DEL(table, shared); /* NOLINT: the macro keeps `next` before the entry goes */
        json_decref(shared->value);
        free(shared->key);
        free(shared);
    }
}

/* ---- timings ---- */

#define SLOWEST_MAX 20
#define BARS        14 /* the first under 0.5 ms, each next one twice as long, the last without an end */
#define FIRST_US    ((uint64_t)500)

struct slow {
    uint64_t time_us;
    size_t index; /* of the case */
    char *method;
    char *url;
};

struct timings {
    size_t counts[BARS];
    struct slow slowest[SLOWEST_MAX]; /* the slowest first */
    size_t slow_count;
};

static void take_slow(struct timings *timings, size_t index, const struct result_exchange *exchange)
{
    size_t place = timings->slow_count;
    while (place > 0 && timings->slowest[place - 1].time_us < exchange->time_us)
        place--;
    if (place == SLOWEST_MAX)
        return;
    if (timings->slow_count == SLOWEST_MAX) {
        free(timings->slowest[SLOWEST_MAX - 1].method);
        free(timings->slowest[SLOWEST_MAX - 1].url);
        timings->slow_count--;
    }
    memmove(&timings->slowest[place + 1], &timings->slowest[place],
            (timings->slow_count - place) * sizeof *timings->slowest);
    timings->slowest[place] =
        (struct slow){exchange->time_us, index, mem_dup(exchange->method), mem_dup(exchange->url)};
    timings->slow_count++;
}

static void take_timings(struct timings *timings, size_t index, const struct result_case *result)
{
    for (size_t i = 0; i < result->exchange_count; i++) {
        size_t bar = 0;
        while (bar < BARS - 1 && result->exchanges[i].time_us >= FIRST_US << bar)
            bar++;
        timings->counts[bar]++;
        take_slow(timings, index, &result->exchanges[i]);
    }
}

/* Lets go of the timings. */
static json_t *timings_json(struct timings *timings)
{
    json_t *distribution = json_array();
    json_t *slowest = json_array();
    for (size_t i = 0; i < BARS; i++)
        json_array_append_new(
            distribution, json_pack("[o, I]", json_value_ms(FIRST_US << i), (json_int_t)timings->counts[i]));
    for (size_t i = 0; i < timings->slow_count; i++) {
        struct slow *slow = &timings->slowest[i];
        json_array_append_new(slowest, json_pack("[o, o, o, I]", json_value_ms(slow->time_us),
                                                 json_value_text(slow->method), json_value_text(slow->url),
                                                 (json_int_t)slow->index));
        free(slow->method);
        free(slow->url);
    }
    return json_pack("{s:o, s:o}", "distribution", distribution, "slowest", slowest);
}

/* ---- rows ---- */

struct tables {
    struct shared *clauses;
    struct shared *reasons;
    struct shared *tags;
    struct timings timings;
};

static size_t share_clause(struct tables *tables, const struct result_case *result)
{
    const char *id = result->clause_count > 0 ? result->clauses[0] : result->id;
    char *key = mem_printf("%s\n%s\n%s", id, result->api, result->file);
    struct shared *shared = share(&tables->clauses, key);
    free(key);
    if (!shared->value)
        shared->value =
            json_pack("[o, o, o, o, o, o, o, o, i]", json_value_text(id), json_value_text(result->api),
                      json_value_text(result->section), json_value_text(result->level),
                      json_value_text(result->says), json_value_text(result->from),
                      json_value_text(result->file), json_value_text(result->call), result->status);
    return shared->index;
}

static json_t *row_json(struct tables *tables, const struct result_case *result)
{
    json_t *tags = json_array();
    for (size_t i = 0; i < result->tag_count; i++)
        json_array_append_new(tags, json_integer((json_int_t)share_text(&tables->tags, result->tags[i])));
    json_t *reason =
        result->reason ? json_integer((json_int_t)share_text(&tables->reasons, result->reason)) : json_null();
    return json_pack("[i, I, o, o, I, o, o, o]", (int)result->verdict,
                     (json_int_t)share_clause(tables, result), json_value_text(result->id),
                     json_value_text(result->name), (json_int_t)result->line, json_value_ms(result->time_us),
                     reason, tags);
}

/* ---- evidence ---- */

#define BODY_MAX_BYTES ((size_t)64 * 1024) /* of each body, that are shown */

static json_t *body_json(const struct result_body *body)
{
    if (!*body->md5)
        return json_null();
    size_t shown = body->kept_bytes < BODY_MAX_BYTES ? body->kept_bytes : BODY_MAX_BYTES;
    char *kept = mem_dup_n(body->kept ? body->kept : "", shown);
    bool is_text = escape_is_text(kept, shown);
    char *base64 = is_text ? NULL : escape_base64(kept, shown);
    json_t *value =
        json_pack("{s:I, s:s, s:o, s:b, s:s}", "length", (json_int_t)body->length_bytes, "md5", body->md5,
                  "generated", json_value_text(body->generated), "cut", body->kept_bytes < body->length_bytes,
                  is_text ? "text" : "base64", is_text ? kept : base64);
    free(base64);
    free(kept);
    return value;
}

static json_t *message_json(const struct result_message *message)
{
    json_t *headers = json_array();
    for (size_t i = 0; i < message->header_count; i++)
        json_array_append_new(headers, json_pack("[o, o]", json_value_text(message->headers[i].name),
                                                 json_value_text(message->headers[i].value)));
    return json_pack("{s:o, s:o}", "headers", headers, "body", body_json(&message->body));
}

static json_t *exchange_json(const struct result_exchange *exchange)
{
    char *curl = result_curl(exchange);
    json_t *value = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o}", "purpose", json_value_text(exchange->purpose),
        "identity", json_value_text(exchange->identity), "method", json_value_text(exchange->method), "url",
        json_value_text(exchange->url), "request", message_json(&exchange->request), "response",
        message_json(&exchange->response), "status", exchange->status, "ms", json_value_ms(exchange->time_us),
        "error", json_value_text(exchange->error), "curl", json_value_text(curl));
    free(curl);
    return value;
}

static json_t *evidence_json(const struct result_case *result)
{
    json_t *findings = json_array();
    json_t *exchanges = json_array();
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct result_finding *finding = &result->findings[i];
        bool shown = finding->exchange < result->exchange_count;
        json_array_append_new(findings,
                              json_pack("{s:o, s:o, s:o, s:o}", "clause", json_value_text(finding->clause),
                                        "expected", json_value_text(finding->expected), "actual",
                                        json_value_text(finding->actual), "exchange",
                                        shown ? json_integer((json_int_t)finding->exchange) : json_null()));
    }
    for (size_t i = 0; i < result->exchange_count; i++)
        json_array_append_new(exchanges, exchange_json(&result->exchanges[i]));
    return json_pack("{s:o, s:o, s:o}", "findings", findings, "exchanges", exchanges, "notes",
                     json_value_texts(result->notes, result->note_count));
}

/* ---- writing ---- */

/* Lets go of the value. */
static void put(FILE *out, json_t *value)
{
    char *text = page_json(value);
    json_decref(value);
    fputs(text, out);
    free(text);
}

static void put_rows(FILE *out, const struct run_result *run, struct tables *tables)
{
    fputs("\"cases\":[", out);
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *result = result_at(run, i);
        fputs(i ? ",\n" : "\n", out);
        put(out, row_json(tables, result));
        take_timings(&tables->timings, i, result);
    }
    fputs("\n]", out);
}

static bool is_shown(const struct run_result *run, size_t index)
{
    enum verdict verdict = result_verdict(run, index);
    return verdict == VERDICT_FAIL || verdict == VERDICT_ERROR;
}

static void put_evidence(FILE *out, const struct run_result *run)
{
    size_t written = 0;
    fputs(",\n\"evidence\":{", out);
    for (size_t i = 0; i < run->case_count; i++) {
        if (!is_shown(run, i))
            continue;
        json_t *value = evidence_json(result_at_whole(run, i));
        char *text = page_json(value);
        size_t length = strlen(text);
        json_decref(value);
        if (written + length <= HTML_EVIDENCE_MAX_BYTES) {
            fprintf(out, "%s\n\"%zu\":%s", written ? "," : "", i, text);
            written += length;
        }
        free(text);
    }
    fputs("\n}", out);
}

static void put_table(FILE *out, const char *name, const struct shared *table)
{
    fprintf(out, ",\n\"%s\":", name);
    put(out, shared_json(table));
}

bool html_data_put(FILE *out, const struct run_result *run)
{
    struct tables tables = {0};
    json_t *verdicts = json_array();
    for (int i = 0; i < VERDICT_COUNT; i++)
        json_array_append_new(verdicts, json_string(verdict_name((enum verdict)i)));
    fputs("{\"verdicts\":", out);
    put(out, verdicts);
    fputs(",\n", out);
    put_rows(out, run, &tables);
    put_evidence(out, run);
    put_table(out, "clauses", tables.clauses);
    put_table(out, "reasons", tables.reasons);
    put_table(out, "tags", tables.tags);
    fputs(",\n\"timings\":", out);
    put(out, timings_json(&tables.timings));
    fputs("}", out);
    shared_free(tables.clauses);
    shared_free(tables.reasons);
    shared_free(tables.tags);
    return !ferror(out);
}
