#include "reports/gate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/exit_status.h"
#include "base/mem.h"

static const char *const level_names[] = {[GATE_ANY] = "any", [GATE_SHOULD] = "should", [GATE_MUST] = "must"};

bool gate_level_parse(const char *name, enum gate_level *ret_level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (strcmp(level_names[i], name) == 0) {
            *ret_level = (enum gate_level)i;
            return true;
        }
    }
    return false;
}

/* Whether a failure of that level of the suite counts. */
static bool counts(enum gate_level fail_on, const char *level)
{
    return fail_on == GATE_ANY || strcmp(level, "must") == 0 ||
           (fail_on == GATE_SHOULD && strcmp(level, "should") == 0);
}

/* ---- demands: each gives why it is not met, owned, or NULL ---- */

static char *too_many_skipped(const struct gate *gate, const struct result_summary *summary)
{
    size_t skipped = summary->counts[VERDICT_SKIPPED] + summary->counts[VERDICT_NOT_CLAIMED];
    if (!gate->has_max_skipped || skipped <= gate->max_skipped)
        return NULL;
    return mem_printf("%zu cases were skipped or not claimed, at most %" PRIu64 " may be", skipped,
                      gate->max_skipped);
}

static bool has_tag(const struct result_case *result, const char *tag)
{
    for (size_t i = 0; i < result->tag_count; i++) {
        if (strcmp(result->tags[i], tag) == 0)
            return true;
    }
    return false;
}

static char *not_passed(const struct run_result *run, const char *tag)
{
    bool found = false;
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *result = result_at(run, i);
        if (!has_tag(result, tag))
            continue;
        found = true;
        if (result->verdict != VERDICT_PASS)
            return mem_printf("the tag %s is required, and %s is not passed: %s", tag, result->id,
                              verdict_name(result->verdict));
    }
    return found ? NULL : mem_printf("the tag %s is required, and no case has it", tag);
}

/* ---- the whole ---- */

struct complaints {
    void (*complain)(void *context, const char *text);
    void *context;
    size_t count;
};

/* Frees the text, if there is one. */
static void complain_of(struct complaints *complaints, char *text)
{
    complaints->count += text != NULL;
    if (text && complaints->complain)
        complaints->complain(complaints->context, text);
    free(text);
}

/* With a baseline, each failure that is not in it is told: the others are there to be seen. */
static bool has_failed(const struct gate *gate, const struct run_result *run, struct complaints *complaints)
{
    char today[CLOCK_ISO_SIZE];
    bool failed = false;
    clock_iso_now(today);
    for (size_t i = 0; i < run->case_count; i++) {
        if (result_verdict(run, i) != VERDICT_FAIL)
            continue;
        const struct result_case *one = result_at(run, i);
        bool accepted = gate->baseline && baseline_accepts(gate->baseline, one->id, today);
        if (accepted || !counts(gate->fail_on, one->level))
            continue;
        failed = true;
        if (gate->baseline && !baseline_find(gate->baseline, one->id))
            complain_of(complaints,
                        mem_printf("%s: %s fails, and is not listed", gate->baseline->path, one->id));
    }
    return failed;
}

static void complain_of_entry(void *context, const char *text)
{
    complain_of(context, mem_dup(text));
}

static void check_baseline(const struct gate *gate, const struct run_result *run,
                           struct complaints *complaints)
{
    char today[CLOCK_ISO_SIZE];
    clock_iso_now(today);
    if (gate->baseline)
        baseline_check(gate->baseline, run, today, complain_of_entry, complaints);
}

int gate_exit_status(const struct gate *gate, const struct run_result *run,
                     void (*complain)(void *context, const char *text), void *context)
{
    struct result_summary summary = result_summarise(run);
    struct complaints complaints = {complain, context, 0};
    complain_of(&complaints, too_many_skipped(gate, &summary));
    for (size_t i = 0; i < gate->required_count; i++)
        complain_of(&complaints, not_passed(run, gate->required[i]));
    check_baseline(gate, run, &complaints);
    bool failed = has_failed(gate, run, &complaints);
    if (failed || complaints.count > 0)
        return EXIT_STATUS_FAILED;
    bool whole = !run->interrupted && !run->ended_early && summary.counts[VERDICT_ERROR] == 0;
    bool judged = summary.counts[VERDICT_PASS] + summary.counts[VERDICT_FAIL] > 0;
    return whole && judged ? EXIT_STATUS_OK : EXIT_STATUS_NOT_JUDGED;
}
