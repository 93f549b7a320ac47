/* TAP version 14 (the Test Anything Protocol, testanything.org): a test point for each case, what went wrong
 * as a YAML block below it. `# SKIP` stands for skipped and not-claimed; its reason begins with which. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "reports/writer.h"

#define VALUE_MAX_BYTES 4096 /* readers of TAP are not made for long lines */

/* On one line; TAP's own characters are escaped (TAP 14, "Escaping"). */
static void put_text(FILE *out, const char *text)
{
    char *line = escape_to_short_line(text, VALUE_MAX_BYTES);
    for (const char *c = line; *c; c++) {
        if (*c == '\\' || *c == '#')
            fputc('\\', out);
        fputc(*c, out);
    }
    free(line);
}

/* JSON in ASCII without control characters is YAML. */
static void put_yaml(FILE *out, const char *indent, const char *name, const char *text)
{
    char *line = escape_to_short_line(text, VALUE_MAX_BYTES);
    json_t *value = json_string(line);
    free(line);
    fprintf(out, "%s%s: ", indent, name);
    json_dumpf(value, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    fputc('\n', out);
    json_decref(value);
}

static void put_finding(FILE *out, const struct result_case *result, const struct result_finding *finding)
{
    put_yaml(out, "    - ", "clause", finding->clause);
    put_yaml(out, "      ", "expected", finding->expected);
    put_yaml(out, "      ", "actual", finding->actual);
    if (finding->exchange >= result->exchange_count)
        return;
    char *command = result_curl(&result->exchanges[finding->exchange]);
    put_yaml(out, "      ", "repeat", command);
    free(command);
}

static void put_block(FILE *out, const struct result_case *result)
{
    fputs("  ---\n", out);
    put_yaml(out, "  ", "verdict", verdict_name(result->verdict));
    put_yaml(out, "  ", "level", result->level);
    put_yaml(out, "  ", "says", result->says);
    put_yaml(out, "  ", "from", result->from);
    put_yaml(out, "  ", "file", result->file);
    fprintf(out, "  line: %zu\n", result->line);
    if (result->reason)
        put_yaml(out, "  ", "reason", result->reason);
    if (result->finding_count > 0)
        fputs("  findings:\n", out);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(out, result, &result->findings[i]);
    fputs("  ...\n", out);
}

static void put_case(FILE *out, const struct result_case *result, size_t number)
{
    bool wrong = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR;
    fprintf(out, "%sok %zu - ", wrong ? "not " : "", number);
    put_text(out, result->id);
    if (!wrong && result->verdict != VERDICT_PASS) {
        fprintf(out, " # SKIP %s: ", verdict_name(result->verdict));
        put_text(out, result->reason ? result->reason : "");
    }
    fputc('\n', out);
    if (wrong)
        put_block(out, result);
}

static void put_comment(FILE *out, const char *name, const char *text)
{
    char *line = escape_to_short_line(text, VALUE_MAX_BYTES);
    fprintf(out, "# %s: %s\n", name, line);
    free(line);
}

static bool write_tap(const struct run_result *run, FILE *out, struct err *err)
{
    fprintf(out, "TAP version 14\n1..%zu\n", run->case_count);
    put_comment(out, "subject", run->subject);
    put_comment(out, "edition", run->edition);
    char *resumed = result_resumed(run);
    if (resumed)
        put_comment(out, "resumed", resumed);
    free(resumed);
    if (run->interrupted)
        put_comment(out, "interrupted", "not every case was run");
    if (run->ended_early)
        put_comment(out, "ended early", run->ended_early);
    for (size_t i = 0; i < run->case_count; i++)
        put_case(out, result_at(run, i), i + 1);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_tap = {"tap", "for test harnesses: TAP version 14", write_tap};
