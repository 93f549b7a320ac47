/* For a pull request or a job summary, in the Markdown that GitHub and GitLab show: counts, then each failure
 * folded up. */
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/writer.h"

/* A comment of GitHub holds 65,536 characters: so many are told in full, the rest counted. */
#define SHOWN_MAX      40
#define TEXT_MAX_BYTES 600
#define CURL_MAX_BYTES 2000

/* What Markdown or HTML could take for its own within a line. A point is one only behind "www". */
static const char special[] = "\\`*_{}[]()<>#!|~&$@:\"'";

static bool is_special(const char *line, const char *c)
{
    return strchr(special, *c) || (*c == '.' && c > line && (c[-1] == 'w' || c[-1] == 'W'));
}

/* As text of one line: each special character is written as a reference, which no renderer reads further. */
static void put_text(FILE *out, const char *text)
{
    char *line = escape_to_short_line(text, TEXT_MAX_BYTES);
    for (const char *c = line; *c; c++) {
        if (is_special(line, c))
            fprintf(out, "&#%d;", *c);
        else
            fputc(*c, out);
    }
    free(line);
}

/* The same for what a subject may have said: within <code> no service looks for people to call. */
static void put_quoted(FILE *out, const char *text)
{
    fputs("<code>", out);
    put_text(out, text);
    fputs("</code>", out);
}

static size_t longest_run(const char *text, char c)
{
    size_t longest = 0;
    for (size_t run = 0; *text; text++) {
        run = *text == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* As a block of code, whose fence is longer than any in it. */
static void put_code(FILE *out, const char *language, const char *text)
{
    char *line = escape_to_short_line(text, CURL_MAX_BYTES);
    size_t fence = longest_run(line, '`') + 1;
    fence = fence < 3 ? 3 : fence;
    for (size_t i = 0; i < fence; i++)
        fputc('`', out);
    fprintf(out, "%s\n%s\n", language, line);
    for (size_t i = 0; i < fence; i++)
        fputc('`', out);
    fputs("\n\n", out);
    free(line);
}

static void put_row(FILE *out, const char *name, const char *text)
{
    fprintf(out, "| %s | ", name);
    put_quoted(out, text);
    fputs(" |\n", out);
}

static void put_finding(FILE *out, const struct result_case *result, const struct result_finding *finding)
{
    fputs("| | |\n|---|---|\n", out);
    put_row(out, "clause", finding->clause);
    put_row(out, "expected", finding->expected);
    put_row(out, "actual", finding->actual);
    fputc('\n', out);
    if (finding->exchange >= result->exchange_count)
        return;
    char *command = result_curl(&result->exchanges[finding->exchange]);
    put_code(out, "sh", command);
    free(command);
}

static void put_case(FILE *out, const struct result_case *result)
{
    fprintf(out, "<details><summary>%s ", verdict_name(result->verdict));
    put_text(out, result->id);
    fputs("</summary>\n\n", out);
    put_text(out, result->level);
    fputs(": ", out);
    put_text(out, result->says);
    fputs("\n\nFrom ", out);
    put_text(out, result->from);
    fputs("; case in ", out);
    put_text(out, result->file);
    fprintf(out, ", line %zu\n\n", result->line);
    if (result->reason) {
        put_quoted(out, result->reason);
        fputs("\n\n", out);
    }
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(out, result, &result->findings[i]);
    fputs("</details>\n\n", out);
}

static void put_cases(FILE *out, const struct run_result *run, enum verdict verdict)
{
    size_t shown = 0;
    size_t count = result_summarise(run).counts[verdict];
    for (size_t i = 0; i < run->case_count && shown < SHOWN_MAX; i++) {
        if (result_verdict(run, i) == verdict) {
            put_case(out, result_at(run, i));
            shown++;
        }
    }
    if (shown < count)
        fprintf(out, "And %zu more with the verdict %s.\n\n", count - shown, verdict_name(verdict));
}

static void put_counts(FILE *out, const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "| %s ", verdict_name((enum verdict)i));
    fputs("|\n|--:|--:|--:|--:|--:|\n", out);
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "| %zu ", summary.counts[i]);
    fputs("|\n\n", out);
}

static void put_warning(FILE *out, const char *name, const char *text)
{
    fprintf(out, "**%s:** ", name);
    put_quoted(out, text);
    fputs("\n\n", out);
}

static bool write_markdown(const struct run_result *run, FILE *out, struct err *err)
{
    fputs("## Conformance of ", out);
    put_quoted(out, run->subject);
    fputs("\n\n", out);
    char *resumed = result_resumed(run);
    if (resumed)
        put_warning(out, "Resumed", resumed);
    free(resumed);
    if (run->interrupted)
        put_warning(out, "Interrupted", "not every case was run");
    if (run->ended_early)
        put_warning(out, "Ended early", run->ended_early);
    put_counts(out, run);
    put_cases(out, run, VERDICT_FAIL);
    put_cases(out, run, VERDICT_ERROR);
    fputs("Judged by edition ", out);
    put_text(out, run->edition);
    fputs(", suite ", out);
    put_text(out, run->suite_digest);
    fprintf(out, ", in %.2f s\n", (double)run->time_us / 1e6);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_markdown = {"markdown", "for a pull request or a job summary", write_markdown};
