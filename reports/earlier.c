#include "reports/earlier.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

#define SCHEMA         "imageproof.results/1"
#define SLOWER_TIMES   3
#define SLOWER_MORE_MS 500

/* ---- reading ---- */

static bool verdict_of(const char *name, enum verdict *ret_verdict)
{
    for (int i = 0; name && i < VERDICT_COUNT; i++) {
        if (strcmp(verdict_name((enum verdict)i), name) == 0) {
            *ret_verdict = (enum verdict)i;
            return true;
        }
    }
    return false;
}

static char *finding_of(const json_t *one)
{
    const json_t *first = json_array_get(json_object_get(one, "findings"), 0);
    const char *expected = json_string_value(json_object_get(first, "expected"));
    const char *actual = json_string_value(json_object_get(first, "actual"));
    return expected && actual ? mem_printf("expected %s, got %s", expected, actual) : NULL;
}

static bool take_case(const json_t *one, struct earlier *earlier)
{
    enum verdict verdict;
    const char *id = json_string_value(json_object_get(one, "id"));
    if (!id || !verdict_of(json_string_value(json_object_get(one, "verdict")), &verdict))
        return false;
    double time_ms = json_number_value(json_object_get(one, "duration_ms"));
    *mem_append(&earlier->cases, &earlier->count) =
        (struct earlier_case){.id = mem_dup(id),
                              .verdict = verdict,
                              .time_ms = time_ms > 0 && time_ms < 1e15 ? (uint64_t)time_ms : 0,
                              .finding = finding_of(one)};
    return true;
}

static int by_id(const void *left, const void *right)
{
    return strcmp(((const struct earlier_case *)left)->id, ((const struct earlier_case *)right)->id);
}

static bool take_report(const json_t *root, struct earlier *earlier)
{
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const char *subject = json_string_value(json_object_get(json_object_get(root, "subject"), "name"));
    const json_t *cases = json_object_get(root, "cases");
    bool taken = schema && strcmp(schema, SCHEMA) == 0 && subject && json_is_array(cases);
    earlier->subject = mem_dup(subject);
    for (size_t i = 0; taken && i < json_array_size(cases); i++)
        taken = take_case(json_array_get(cases, i), earlier);
    return taken;
}

/* The id of the first case that is there twice, NULL: none. They are in order. */
static const char *repeated(const struct earlier *earlier)
{
    for (size_t i = 1; i < earlier->count; i++) {
        if (strcmp(earlier->cases[i - 1].id, earlier->cases[i].id) == 0)
            return earlier->cases[i].id;
    }
    return NULL;
}

bool earlier_load(const char *path, struct earlier *ret_earlier, struct err *err)
{
    json_error_t error;
    struct earlier earlier = {0};
    CLEANUP(file) FILE *file = fopen(path, "re");
    if (!file)
        return err_set_errno(err, "%s", path);
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (ferror(file))
        return err_set_errno(err, "%s", path);
    if (!root)
        return err_set(err, ERR_SYNTAX, "%s is no report of the form json: line %d: %s", path, error.line,
                       error.text);
    bool loaded =
        take_report(root, &earlier) || err_set(err, ERR_SYNTAX, "%s is no report of the form json", path);
    json_decref(root);
    if (earlier.count > 0)
        qsort(earlier.cases, earlier.count, sizeof *earlier.cases, by_id);
    if (loaded && repeated(&earlier))
        loaded = err_set(err, ERR_VALUE, "%s tells twice of %s", path, repeated(&earlier));
    if (loaded)
        *ret_earlier = earlier;
    else
        earlier_fini(&earlier);
    return loaded;
}

void earlier_fini(struct earlier *earlier)
{
    for (size_t i = 0; i < earlier->count; i++) {
        free(earlier->cases[i].id);
        free(earlier->cases[i].finding);
    }
    free(earlier->cases);
    free(earlier->subject);
    *earlier = (struct earlier){0};
}

/* ---- comparing ---- */

static const char *change_of(const struct earlier_case *before, enum verdict now)
{
    if (!before)
        return "new";
    if (now == VERDICT_FAIL && before->verdict != VERDICT_FAIL)
        return "newly failing";
    if (now == VERDICT_PASS && before->verdict == VERDICT_FAIL)
        return "newly passing";
    return NULL;
}

static bool is_slower(const struct earlier_case *before, uint64_t time_ms)
{
    return before && time_ms > before->time_ms * SLOWER_TIMES && time_ms > before->time_ms + SLOWER_MORE_MS;
}

void earlier_compare(const struct earlier *earlier, const struct run_result *run,
                     void (*tell)(void *context, const char *text), void *context)
{
    bool *seen = mem_alloc((earlier->count + 1) * sizeof *seen);
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *now = result_at(run, i);
        struct earlier_case key = {.id = now->id};
        struct earlier_case *before =
            earlier->count ? bsearch(&key, earlier->cases, earlier->count, sizeof key, by_id) : NULL;
        if (before)
            seen[before - earlier->cases] = true;
        uint64_t time_ms = now->time_us / 1000;
        const char *change = change_of(before, now->verdict);
        CLEANUP(text) char *text = NULL;
        if (change)
            text = mem_printf("%s: %s", change, now->id);
        else if (is_slower(before, time_ms))
            text = mem_printf("slower: %s: %" PRIu64 " ms, %" PRIu64 " ms before", now->id, time_ms,
                              before->time_ms);
        if (text)
            tell(context, text);
    }
    for (size_t i = 0; i < earlier->count; i++) {
        CLEANUP(text) char *text = seen[i] ? NULL : mem_printf("gone: %s", earlier->cases[i].id);
        if (text)
            tell(context, text);
    }
    free(seen);
}
