#include "reports/statement.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "reports/json_value.h"
#include "reports/run_log.h"

/* ---- accepted failures ---- */

#define LIST_MAX_BYTES (16 * BUF_MIB)

void statement_list_fini(struct statement_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].id);
        free(list->items[i].reason);
    }
    free(list->items);
    *list = (struct statement_list){0};
}

static bool parse_line(const char *line, size_t length, struct statement_list *list, struct err *err)
{
    size_t id = strcspn(line, " \n");
    if (length == 0 || *line == '#')
        return true;
    if (id + 1 >= length)
        return err_set(err, ERR_SYNTAX,
                       "'%.*s': a case and the reason why its failure is accepted are wanted", (int)length,
                       line);
    *mem_append(&list->items, &list->count) =
        (struct statement_accepted){mem_dup_n(line, id), mem_dup_n(line + id + 1, length - id - 1)};
    return true;
}

bool statement_list_parse(const char *text, struct statement_list *ret_list, struct err *err)
{
    struct statement_list list = {0};
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (!parse_line(text, length, &list, err)) {
            statement_list_fini(&list);
            return false;
        }
        text += length + (text[length] == '\n');
    }
    *ret_list = list;
    return true;
}

char *statement_list_text(const struct statement_list *list)
{
    struct buf text;
    buf_init(&text, LIST_MAX_BYTES);
    for (size_t i = 0; i < list->count; i++)
        buf_printf(&text, "%s %s\n", list->items[i].id, list->items[i].reason);
    char *owned = mem_dup(text.data);
    buf_fini(&text);
    return owned;
}

static const struct statement_accepted *find_accepted(const struct statement_list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].id, id) == 0)
            return &list->items[i];
    }
    return NULL;
}

/* ---- what stands in the way of a certificate ---- */

static bool is_fit(const struct run_result *run, struct err *err)
{
    struct result_summary summary = result_summarise(run);
    if (!run->log || !run_log_is_whole(run->log) || run->ended_early)
        return err_set(err, ERR_VALUE, "the run is not whole%s%s", run->ended_early ? ": " : "",
                       run->ended_early ? run->ended_early : "");
    if (run->interrupted || summary.counts[VERDICT_SKIPPED] > 0)
        return err_set(err, ERR_VALUE, "the run was interrupted: %zu cases were skipped",
                       summary.counts[VERDICT_SKIPPED]);
    if (summary.counts[VERDICT_ERROR] > 0)
        return err_set(err, ERR_VALUE, "%zu cases could not be judged", summary.counts[VERDICT_ERROR]);
    return summary.counts[VERDICT_PASS] > 0 || err_set(err, ERR_VALUE, "no case passed");
}

/* ---- the parts ---- */

struct parts {
    json_t *passed;
    json_t *warned;
    json_t *levels; /* counts of verdicts by level */
    json_t *not_claimed;
    json_t *accepted;
};

static void count_level(json_t *levels, const struct result_case *result)
{
    json_t *level = json_object_get(levels, result->level);
    if (!level) {
        level = json_object();
        for (int i = 0; i < VERDICT_COUNT; i++)
            json_object_set_new(level, verdict_name((enum verdict)i), json_integer(0));
        json_object_set_new(levels, result->level, level);
    }
    json_t *count = json_object_get(level, verdict_name(result->verdict));
    json_integer_set(count, json_integer_value(count) + 1);
}

/* What certification ignores (level observed) is counted only. */
static bool take_failure(struct parts *parts, const struct result_case *result,
                         const struct statement_list *accepted, struct err *err)
{
    if (strcmp(result->level, "must") == 0)
        return err_set(err, ERR_VALUE, "%s failed, whose level is must", result->id);
    if (strcmp(result->level, "observed") != 0)
        json_array_append_new(parts->warned, json_value_text(result->id));
    const struct statement_accepted *found = find_accepted(accepted, result->id);
    if (found)
        json_array_append_new(parts->accepted, json_pack("{s:o, s:o}", "case", json_value_text(found->id),
                                                         "reason", json_value_text(found->reason)));
    return true;
}

static bool take_case(struct parts *parts, const struct result_case *result,
                      const struct statement_list *accepted, struct err *err)
{
    count_level(parts->levels, result);
    if (result->verdict == VERDICT_FAIL)
        return take_failure(parts, result, accepted, err);
    if (result->verdict == VERDICT_PASS)
        json_array_append_new(parts->passed, json_value_text(result->id));
    else
        json_array_append_new(parts->not_claimed, json_pack("{s:o, s:o}", "case", json_value_text(result->id),
                                                            "reason", json_value_text(result->reason)));
    return true;
}

static bool take_cases(struct parts *parts, const struct run_result *run,
                       const struct statement_list *accepted, struct err *err)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (!take_case(parts, result_at(run, i), accepted, err))
            return false;
    }
    return json_array_size(parts->accepted) == accepted->count ||
           err_set(err, ERR_VALUE,
                   "%zu failures were accepted, of which %zu are failures below the level must",
                   accepted->count, json_array_size(parts->accepted));
}

static json_t *descriptor_json(const char *name, const char *sha256)
{
    return json_pack("{s:o, s:{s:o}}", "name", json_value_text(name), "digest", "sha256",
                     json_value_text(sha256));
}

static void digest_text(const char *text, char hex[static DIGEST_HEX_SIZE])
{
    struct digest *digest = digest_new(DIGEST_SHA256);
    digest_update(digest, text, strlen(text));
    digest_finish(digest, hex);
    digest_free(digest);
}

/* Lets go of the parts. */
static json_t *predicate_json(const struct run_result *run, struct parts *parts)
{
    json_t *own =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "schema", "imageproof.certificate/1",
                  "toolVersion", json_value_text(run->tool_version), "edition", json_value_text(run->edition),
                  "subjectUrl", json_value_text(run->subject_url), "started", json_value_text(run->started),
                  "durationMs", json_value_ms(run->time_us), "transcriptChain", run_log_chain(run->log),
                  "levels", parts->levels, "notClaimed", parts->not_claimed, "accepted", parts->accepted);
    return json_pack("{s:s, s:[o], s:o, s:o, s:[], s:o}", "result",
                     json_array_size(parts->warned) > 0 ? "WARNED" : "PASSED", "configuration",
                     descriptor_json("imageproof suite", run->suite_digest), "passedTests", parts->passed,
                     "warnedTests", parts->warned, "failedTests", "imageproof", own);
}

bool statement_make(const struct run_result *run, const struct statement_list *accepted, char **ret_text,
                    struct err *err)
{
    char transcript[RUN_LOG_CHAIN_SIZE];
    char description[DIGEST_HEX_SIZE];
    if (!is_fit(run, err) || !run_log_digest(run->log, transcript, err))
        return false;
    struct parts parts = {json_array(), json_array(), json_object(), json_array(), json_array()};
    bool taken = take_cases(&parts, run, accepted, err);
    digest_text(run->description, description);
    json_t *statement =
        json_pack("{s:s, s:[o, o], s:s, s:o}", "_type", "https://in-toto.io/Statement/v1", "subject",
                  descriptor_json(run->subject, description), descriptor_json("transcript", transcript),
                  "predicateType", "https://in-toto.io/attestation/test-result/v0.1", "predicate",
                  predicate_json(run, &parts));
    if (taken)
        *ret_text = json_dumps(statement, JSON_COMPACT);
    json_decref(statement);
    return taken;
}

/* ---- and back ---- */

static bool add_accepted(const json_t *item, struct statement_list *list)
{
    const char *id = json_string_value(json_object_get(item, "case"));
    const char *reason = json_string_value(json_object_get(item, "reason"));
    if (id && reason)
        *mem_append(&list->items, &list->count) = (struct statement_accepted){mem_dup(id), mem_dup(reason)};
    return id && reason;
}

bool statement_accepted(const char *text, struct statement_list *ret_list, struct err *err)
{
    json_error_t error;
    json_t *statement = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    const json_t *own = json_object_get(json_object_get(statement, "predicate"), "imageproof");
    const json_t *accepted = json_object_get(own, "accepted");
    struct statement_list list = {0};
    bool read = json_is_array(accepted);
    for (size_t i = 0; read && i < json_array_size(accepted); i++)
        read = add_accepted(json_array_get(accepted, i), &list);
    json_decref(statement);
    if (!read) {
        statement_list_fini(&list);
        return err_set(err, ERR_SYNTAX, "is no statement of imageproof");
    }
    *ret_list = list;
    return true;
}
