/* For a person: what to act on first, the counts last. */
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/writer.h"

static void put_field(FILE *out, const char *name, const char *text)
{
    fprintf(out, "    %-10s", name);
    escape_line(out, text);
    fputc('\n', out);
}

static void put_finding(FILE *out, const struct result_case *result, const struct result_finding *finding)
{
    if (strcmp(finding->clause, result->clauses[0]) != 0)
        put_field(out, "clause", finding->clause);
    put_field(out, "expected", finding->expected);
    put_field(out, "actual", finding->actual);
    if (finding->exchange == RESULT_NO_EXCHANGE)
        return;
    const struct result_exchange *exchange = &result->exchanges[finding->exchange];
    char *command = result_curl(exchange);
    put_field(out, "request", command);
    if (exchange->request.body.generated)
        put_field(out, "BODY", exchange->request.body.generated);
    free(command);
}

static void put_failure(FILE *out, const struct result_case *result)
{
    fprintf(out, "FAIL %s\n", result->id);
    put_field(out, result->level, result->says);
    put_field(out, "from", result->from);
    fprintf(out, "    %-10s%s:%zu\n", "case", result->file, result->line);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(out, result, &result->findings[i]);
    fputc('\n', out);
}

static void put_failures(FILE *out, const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].verdict == VERDICT_FAIL)
            put_failure(out, &run->cases[i]);
    }
}

static const char *reason_of(const struct result_case *result)
{
    return result->reason ? result->reason : "";
}

/* Whether a case before this one has its verdict and reason: then it stands there. */
static bool is_repeat(const struct run_result *run, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (run->cases[i].verdict == run->cases[index].verdict &&
            strcmp(reason_of(&run->cases[i]), reason_of(&run->cases[index])) == 0)
            return true;
    }
    return false;
}

/* A run that ended early has one reason for all that it left out, which stands at the top. */
static bool is_left_out(const struct run_result *run, const char *reason)
{
    return run->ended_early && strcmp(run->ended_early, reason) == 0;
}

static void put_group(FILE *out, const struct run_result *run, size_t first)
{
    const char *reason = reason_of(&run->cases[first]);
    enum verdict verdict = run->cases[first].verdict;
    size_t count = 0;
    for (size_t i = first; i < run->case_count; i++)
        count += run->cases[i].verdict == verdict && strcmp(reason_of(&run->cases[i]), reason) == 0;
    fprintf(out, "%s %zu: ", verdict_name(verdict), count);
    bool left_out = is_left_out(run, reason);
    escape_line(out, left_out ? "not run" : reason);
    fputc('\n', out);
    for (size_t i = first; i < run->case_count && verdict != VERDICT_SKIPPED && !left_out; i++) {
        if (run->cases[i].verdict == verdict && strcmp(reason_of(&run->cases[i]), reason) == 0)
            fprintf(out, "    %s\n", run->cases[i].id);
    }
}

/* Cases without a judgement, those with one reason together. */
static void put_unjudged(FILE *out, const struct run_result *run, enum verdict verdict)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].verdict == verdict && !is_repeat(run, i))
            put_group(out, run, i);
    }
}

static void put_notes(FILE *out, const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        for (size_t k = 0; k < run->cases[i].note_count; k++) {
            fprintf(out, "note %s: ", run->cases[i].id);
            escape_line(out, run->cases[i].notes[k]);
            fputc('\n', out);
        }
    }
}

static void put_head(FILE *out, const struct run_result *run)
{
    fputs("Subject ", out);
    escape_line(out, run->subject);
    if (strcmp(run->subject, run->subject_url) != 0) {
        fputs(" at ", out);
        escape_line(out, run->subject_url);
    }
    fprintf(out, ", judged by edition %s\n\n", run->edition);
    if (run->interrupted)
        fputs("INTERRUPTED: not every case was run.\n\n", out);
    if (run->ended_early) {
        fputs("ENDED EARLY: ", out);
        escape_line(out, run->ended_early);
        fputs("\n\n", out);
    }
}

static void put_counts(FILE *out, const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "%s%s %zu", i ? ", " : "", verdict_name((enum verdict)i), summary.counts[i]);
    fprintf(out, "; %zu cases in %.2f s\n", run->case_count, (double)run->time_us / 1e6);
}

static bool write_text(const struct run_result *run, FILE *out, struct err *err)
{
    put_head(out, run);
    put_failures(out, run);
    put_unjudged(out, run, VERDICT_ERROR);
    put_unjudged(out, run, VERDICT_NOT_CLAIMED);
    put_unjudged(out, run, VERDICT_SKIPPED);
    put_notes(out, run);
    put_counts(out, run);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_text = {"text", "for a person: each failure and how to repeat it", write_text};
