#include "reports/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

const struct baseline_entry *baseline_find(const struct baseline *baseline, const char *id)
{
    for (size_t i = 0; i < baseline->count; i++) {
        if (strcmp(baseline->entries[i].id, id) == 0)
            return &baseline->entries[i];
    }
    return NULL;
}

static bool is_reviewed(const struct baseline_entry *entry)
{
    return strncmp(entry->reason, BASELINE_UNREVIEWED, strlen(BASELINE_UNREVIEWED)) != 0;
}

/* Days as text are in the order of the calendar. */
static bool is_over(const struct baseline_entry *entry, const char *today)
{
    return entry->expires && strncmp(entry->expires, today, strlen(entry->expires)) < 0;
}

bool baseline_accepts(const struct baseline *baseline, const char *id, const char *today)
{
    const struct baseline_entry *entry = baseline_find(baseline, id);
    return entry && is_reviewed(entry) && !is_over(entry, today);
}

static size_t find_case(const struct run_result *run, const char *id)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (strcmp(result_at(run, i)->id, id) == 0)
            return i;
    }
    return run->case_count;
}

/* NULL when the entry holds. Borrowed. */
static const char *fault_of(const struct baseline_entry *entry, const struct run_result *run,
                            const char *today)
{
    size_t i = find_case(run, entry->id);
    if (i == run->case_count)
        return "is listed, and there is no such case in this run";
    if (result_verdict(run, i) == VERDICT_PASS)
        return "is listed, and passes now";
    if (result_verdict(run, i) == VERDICT_NOT_CLAIMED)
        return "is listed, and the subject does not claim what it needs";
    if (!is_reviewed(entry))
        return "is listed without a reason: nobody has reviewed it";
    return is_over(entry, today) ? "is listed, and its day is over" : NULL;
}

void baseline_check(const struct baseline *baseline, const struct run_result *run, const char *today,
                    void (*complain)(void *context, const char *text), void *context)
{
    for (size_t i = 0; i < baseline->count; i++) {
        const char *fault = fault_of(&baseline->entries[i], run, today);
        if (!fault)
            continue;
        CLEANUP(text)
        char *text = mem_printf("%s: %s %s", baseline->path, baseline->entries[i].id, fault);
        complain(context, text);
    }
}

void baseline_fini(struct baseline *baseline)
{
    for (size_t i = 0; i < baseline->count; i++) {
        free(baseline->entries[i].id);
        free(baseline->entries[i].reason);
        free(baseline->entries[i].expires);
    }
    free(baseline->entries);
    free(baseline->path);
    *baseline = (struct baseline){0};
}
