/* The form that CI services read (Jenkins, GitLab, GitHub and others): a testsuite for each section, a
 * testcase for each case. `skipped` stands for skipped and not-claimed; its message tells which. Nothing is
 * here that the schema of Jenkins (junit-10.xsd of its xUnit plugin) does not know. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "reports/escape.h"
#include "reports/writer.h"

struct counts {
    size_t tests;
    size_t failures;
    size_t errors;
    size_t skipped;
    uint64_t time_us;
};

static void count_case(struct counts *counts, const struct result_case *result)
{
    counts->tests++;
    counts->failures += result->verdict == VERDICT_FAIL;
    counts->errors += result->verdict == VERDICT_ERROR;
    counts->skipped += result->verdict == VERDICT_SKIPPED || result->verdict == VERDICT_NOT_CLAIMED;
    counts->time_us += result->time_us;
}

static bool is_of_suite(const struct result_case *result, const char *api, const char *section)
{
    return strcmp(result->api, api) == 0 && strcmp(result->section, section) == 0;
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    escape_xml(out, value);
    fputc('"', out);
}

static void put_counts(FILE *out, const struct counts *counts)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.3f\"", counts->tests,
            counts->failures, counts->errors, (double)counts->time_us / 1e6);
}

static const char *clause_of(const struct result_case *result)
{
    return result->clause_count ? result->clauses[0] : result->id;
}

static void put_difference(FILE *out, const struct result_finding *finding)
{
    fputs("expected ", out);
    escape_xml(out, finding->expected);
    fputs(", got ", out);
    escape_xml(out, finding->actual);
}

static void put_finding(FILE *out, const struct result_case *result, const struct result_finding *finding)
{
    fputs("&#10;", out);
    escape_xml(out, finding->clause);
    fputs(": ", out);
    put_difference(out, finding);
    if (finding->exchange >= result->exchange_count)
        return;
    char *command = result_curl(&result->exchanges[finding->exchange]);
    fputs("&#10;", out);
    escape_xml(out, command);
    free(command);
}

static void put_failure(FILE *out, const struct result_case *result)
{
    fputs("\n      <failure", out);
    put_attribute(out, "type", result->finding_count ? result->findings[0].clause : clause_of(result));
    fputs(" message=\"", out);
    if (result->finding_count)
        put_difference(out, &result->findings[0]);
    fputs("\">", out);
    escape_xml(out, result->says);
    fputs("&#10;", out);
    escape_xml(out, result->from);
    fputs("&#10;", out);
    escape_xml(out, result->file);
    fprintf(out, ":%zu", result->line);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(out, result, &result->findings[i]);
    fputs("</failure>\n    ", out);
}

static void put_unjudged(FILE *out, const struct result_case *result)
{
    bool is_error = result->verdict == VERDICT_ERROR;
    fputs(is_error ? "\n      <error type=\"error\" message=\"" : "\n      <skipped message=\"", out);
    if (!is_error)
        fprintf(out, "%s: ", verdict_name(result->verdict));
    escape_xml(out, result->reason ? result->reason : "");
    fputs("\"/>\n    ", out);
}

static void put_case(FILE *out, const struct result_case *result)
{
    fputs("    <testcase", out);
    put_attribute(out, "classname", clause_of(result));
    put_attribute(out, "name", result->name);
    fprintf(out, " time=\"%.3f\">", (double)result->time_us / 1e6);
    if (result->verdict == VERDICT_FAIL)
        put_failure(out, result);
    else if (result->verdict != VERDICT_PASS)
        put_unjudged(out, result);
    fputs("</testcase>\n", out);
}

static void put_property(FILE *out, const char *name, const char *value)
{
    fprintf(out, "      <property name=\"%s\"", name);
    put_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void put_properties(FILE *out, const struct run_result *run)
{
    fputs("    <properties>\n", out);
    put_property(out, "subject", run->subject);
    put_property(out, "url", run->subject_url);
    put_property(out, "edition", run->edition);
    put_property(out, "suite", run->suite_digest);
    put_property(out, "version", run->tool_version);
    char *resumed = result_resumed(run);
    if (resumed)
        put_property(out, "resumed", resumed);
    free(resumed);
    if (run->ended_early)
        put_property(out, "ended early", run->ended_early);
    if (run->interrupted)
        put_property(out, "interrupted", "true");
    fputs("    </properties>\n", out);
}

/* The section that begins with case `first`; the index behind it. */
static size_t put_suite(FILE *out, const struct run_result *run, size_t first)
{
    const struct result_case *head = result_at(run, first);
    CLEANUP(text) char *api = mem_dup(head->api);
    CLEANUP(text) char *section = mem_dup(head->section);
    struct counts counts = {0};
    size_t end = first;
    for (; end < run->case_count && is_of_suite(result_at(run, end), api, section); end++)
        count_case(&counts, result_at(run, end));
    fputs("  <testsuite name=\"", out);
    escape_xml(out, api);
    fputs(": ", out);
    escape_xml(out, section);
    fputc('"', out);
    put_attribute(out, "timestamp", run->started);
    put_counts(out, &counts);
    fprintf(out, " skipped=\"%zu\">\n", counts.skipped);
    put_properties(out, run);
    for (size_t i = first; i < end; i++)
        put_case(out, result_at(run, i));
    fputs("  </testsuite>\n", out);
    return end;
}

static bool write_junit(const struct run_result *run, FILE *out, struct err *err)
{
    struct counts all = {0};
    for (size_t i = 0; i < run->case_count; i++)
        count_case(&all, result_at(run, i));
    all.time_us = run->time_us;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"imageproof\"", out);
    put_counts(out, &all);
    fputs(">\n", out);
    for (size_t i = 0; i < run->case_count;)
        i = put_suite(out, run, i);
    fputs("</testsuites>\n", out);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_junit = {"junit", "for CI services: JUnit XML", write_junit};
