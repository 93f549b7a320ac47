/* SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"): a rule for each clause, a result for
 * each case, at the line of the suite that asks for it. A result's `kind` is SARIF's nearest word; which
 * verdict it was stands in its properties. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/buf.h"
#include "base/mem.h"
#include "reports/json_value.h"
#include "reports/writer.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* SARIF 2.1.0, 3.27.9: "open" is not decided; what is not "fail" has the level "none" (3.27.10). */
static const char *const kinds[VERDICT_COUNT] = {
    [VERDICT_PASS] = "pass",    [VERDICT_FAIL] = "fail",
    [VERDICT_SKIPPED] = "open", [VERDICT_NOT_CLAIMED] = "notApplicable",
    [VERDICT_ERROR] = "open",
};

static const struct {
    const char *level; /* of the suite */
    const char *word;  /* of SARIF */
} levels[] = {{"must", "error"}, {"should", "warning"}, {"may", "note"}, {"observed", "note"}};

static const char *level_word(const char *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(levels[i].level, level) == 0)
            return levels[i].word;
    }
    return "warning";
}

/* ---- rules ---- */

struct rule {
    char *clause;
    size_t index;
    json_t *json;
    UT_hash_handle hh;
};

static const char *clause_of(const struct result_case *result)
{
    if (result->finding_count > 0)
        return result->findings[0].clause;
    return result->clause_count > 0 ? result->clauses[0] : result->id;
}

static struct rule *rule_of(struct rule **rules, const char *clause)
{
    struct rule *rule;
    HASH_FIND_STR(*rules, clause, rule);
    if (rule)
        return rule;
    rule = mem_alloc(sizeof *rule);
    rule->clause = mem_dup(clause);
    rule->index = HASH_COUNT(*rules);
    rule->json = json_pack("{s:o}", "id", json_value_text(clause));
    HASH_ADD_KEYPTR(hh, *rules, rule->clause, strlen(rule->clause), rule);
    return rule;
}

/* What a clause says is known from the cases that are its own. */
static void describe_rule(struct rule *rule, const struct result_case *result)
{
    if (json_object_get(rule->json, "shortDescription"))
        return;
    json_object_set_new(rule->json, "shortDescription",
                        json_pack("{s:o}", "text", json_value_text(result->says)));
    json_object_set_new(rule->json, "help", json_pack("{s:o}", "text", json_value_text(result->from)));
    json_object_set_new(rule->json, "defaultConfiguration",
                        json_pack("{s:s}", "level", level_word(result->level)));
    json_object_set_new(rule->json, "properties",
                        json_pack("{s:o}", "level", json_value_text(result->level)));
}

static struct rule *collect_rules(const struct run_result *run)
{
    struct rule *rules = NULL;
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *result = result_at(run, i);
        if (result->clause_count > 0)
            describe_rule(rule_of(&rules, result->clauses[0]), result);
        rule_of(&rules, clause_of(result));
    }
    return rules;
}

static json_t *rules_json(struct rule *rules)
{
    json_t *list = json_array();
    for (struct rule *rule = rules; rule; rule = rule->hh.next)
        json_array_append(list, rule->json);
    return list;
}

static void rules_free(struct rule *rules)
{
    struct rule *rule;
    struct rule *next;
    HASH_ITER (hh, rules, rule, next) {
        HASH_DEL(rules, rule); /* NOLINT: the macro keeps `next` before the entry goes */
        json_decref(rule->json);
        free(rule->clause);
        free(rule);
    }
}

/* ---- results ---- */

#define MESSAGE_MAX_BYTES (8 * BUF_MIB)

static json_t *message_json(const struct result_case *result)
{
    struct buf text;
    buf_init(&text, MESSAGE_MAX_BYTES);
    for (size_t i = 0; i < result->finding_count; i++)
        buf_printf(&text, "%s%s: expected %s, got %s", i ? "\n" : "", result->findings[i].clause,
                   result->findings[i].expected, result->findings[i].actual);
    if (result->finding_count == 0)
        buf_puts(&text, result->reason ? result->reason : verdict_name(result->verdict));
    json_t *message = json_pack("{s:o}", "text", json_value_text(text.data));
    buf_fini(&text);
    return message;
}

/* A region begins at line 1 (3.30.5). */
static json_t *location_json(const struct result_case *result)
{
    json_t *physical = json_pack("{s:{s:o, s:s}}", "artifactLocation", "uri", json_value_text(result->file),
                                 "uriBaseId", "SPECS");
    if (result->line > 0)
        json_object_set_new(physical, "region", json_pack("{s:I}", "startLine", (json_int_t)result->line));
    return json_pack("{s:o}", "physicalLocation", physical);
}

static json_t *result_json(const struct result_case *result, struct rule **rules)
{
    bool failed = result->verdict == VERDICT_FAIL;
    const struct rule *rule = rule_of(rules, clause_of(result));
    return json_pack(
        "{s:o, s:I, s:s, s:s, s:o, s:[o], s:{s:o}, s:{s:o, s:s, s:o, s:o}}", "ruleId",
        json_value_text(rule->clause), "ruleIndex", (json_int_t)rule->index, "kind", kinds[result->verdict],
        "level", failed ? level_word(result->level) : "none", "message", message_json(result), "locations",
        location_json(result), "partialFingerprints", "case/v1", json_value_text(result->id), "properties",
        "case", json_value_text(result->id), "verdict", verdict_name(result->verdict), "durationMs",
        json_value_ms(result->time_us), "tags", json_value_texts(result->tags, result->tag_count));
}

/* ---- the whole ---- */

static json_t *notification_json(const char *text)
{
    return json_pack("{s:s, s:{s:o}}", "level", "error", "message", "text", json_value_text(text));
}

static json_t *invocation_json(const struct run_result *run)
{
    json_t *notifications = json_array();
    if (run->ended_early)
        json_array_append_new(notifications, notification_json(run->ended_early));
    if (run->interrupted)
        json_array_append_new(notifications, notification_json("interrupted: not every case was run"));
    json_t *invocation = json_pack("{s:b, s:o}", "executionSuccessful", json_array_size(notifications) == 0,
                                   "toolExecutionNotifications", notifications);
    if (*run->started) /* it is a date, or not there */
        json_object_set_new(invocation, "startTimeUtc", json_value_text(run->started));
    return invocation;
}

/* The run without its results, up to their array. */
static bool put_head(const struct run_result *run, struct rule *rules, FILE *out)
{
    json_t *properties =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "subject", json_value_text(run->subject), "url",
                  json_value_text(run->subject_url), "edition", json_value_text(run->edition), "suiteSha256",
                  json_value_text(run->suite_digest), "summary", json_value_summary(run));
    json_t *head = json_pack("{s:{s:{s:s, s:o, s:o}}, s:[o], s:{s:{s:{s:s}}}, s:s, s:o}", "tool", "driver",
                             "name", "imageproof", "version", json_value_text(run->tool_version), "rules",
                             rules_json(rules), "invocations", invocation_json(run), "originalUriBaseIds",
                             "SPECS", "description", "text", "The folder of the suite's clauses",
                             "columnKind", "unicodeCodePoints", "properties", properties);
    return fputs("{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[", out) >= 0 &&
           json_value_open(out, head) && fputs(",\"results\":[", out) >= 0;
}

static bool write_sarif(const struct run_result *run, FILE *out, struct err *err)
{
    struct rule *rules = collect_rules(run);
    bool written = put_head(run, rules, out);
    for (size_t i = 0; written && i < run->case_count; i++)
        written =
            fputs(i ? ",\n" : "\n", out) >= 0 && json_value_put(out, result_json(result_at(run, i), &rules));
    written = written && fputs("\n]}]}\n", out) >= 0;
    rules_free(rules);
    return written || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_sarif = {"sarif", "for code scanning: SARIF 2.1.0, a rule a clause", write_sarif};
