/* Workflow commands of GitHub Actions ("Workflow commands", "Setting an error message"): an annotation for
 * each case that failed or could not be judged, at the line of the suite that asks for it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/writer.h"

#define TEXT_MAX_BYTES 4096 /* an annotation is a few lines on a page */

/* A percent sign begins an escape; a value of a property ends at a colon or a comma. */
static void put_escaped(FILE *out, const char *text, const char *special)
{
    char *line = escape_to_short_line(text, TEXT_MAX_BYTES);
    for (const char *c = line; *c; c++) {
        if (strchr(special, *c))
            fprintf(out, "%%%02X", (unsigned char)*c);
        else
            fputc(*c, out);
    }
    free(line);
}

static void put_property(FILE *out, const char *text)
{
    put_escaped(out, text, "%:,");
}

static void put_message(FILE *out, const char *text)
{
    put_escaped(out, text, "%");
}

#define NEW_LINE "%0A"

static void put_finding(FILE *out, const struct result_finding *finding)
{
    fputs(NEW_LINE, out);
    put_message(out, finding->clause);
    fputs(": expected ", out);
    put_message(out, finding->expected);
    fputs(", got ", out);
    put_message(out, finding->actual);
}

/* What the suite only recommends is a warning. */
static const char *command_of(const struct result_case *result)
{
    bool counts = result->verdict == VERDICT_ERROR || strcmp(result->level, "must") == 0;
    return counts ? "error" : "warning";
}

static void put_case(FILE *out, const struct result_case *result)
{
    fprintf(out, "::%s file=specs/", command_of(result));
    put_property(out, result->file);
    fprintf(out, ",line=%zu,title=%s ", result->line, verdict_name(result->verdict));
    put_property(out, result->id);
    fputs("::", out);
    put_message(out, result->says);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(out, &result->findings[i]);
    if (result->reason) {
        fputs(NEW_LINE, out);
        put_message(out, result->reason);
    }
    fputc('\n', out);
}

static void put_counts(FILE *out, const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    fputs("::notice title=imageproof::", out);
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "%s%s %zu", i ? ", " : "", verdict_name((enum verdict)i), summary.counts[i]);
    fputs(NEW_LINE, out);
    put_message(out, run->subject);
    fputc('\n', out);
}

static bool write_github(const struct run_result *run, FILE *out, struct err *err)
{
    for (size_t i = 0; i < run->case_count; i++) {
        enum verdict verdict = result_verdict(run, i);
        if (verdict == VERDICT_FAIL || verdict == VERDICT_ERROR)
            put_case(out, result_at(run, i));
    }
    if (run->ended_early) {
        fputs("::error title=imageproof ended early::", out);
        put_message(out, run->ended_early);
        fputc('\n', out);
    }
    if (run->interrupted)
        fputs("::error title=imageproof was interrupted::not every case was run\n", out);
    put_counts(out, run);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_github = {"github", "for GitHub Actions: annotations of the suite's lines",
                                     write_github};
