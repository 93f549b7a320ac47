/* One page that needs nothing else: its parts are in writers/html/. What stands in the page itself (subject,
 * counts) is readable without a script; the cases are data that the script shows. */
#include <stdlib.h>
#include <string.h>

#include "reports/embedded/page_html.h"
#include "reports/embedded/script_js.h"
#include "reports/embedded/style_css.h"
#include "reports/escape.h"
#include "reports/html_data.h"
#include "reports/writer.h"

/* Text as HTML, on one line, with what could not be seen made visible: XML's escapes are HTML's too. */
static void put_text(FILE *out, const char *text)
{
    char *line = escape_to_line(text);
    escape_xml(out, line);
    free(line);
}

/* ---- the parts of the page ---- */

static void put_subject(const struct run_result *run, FILE *out)
{
    put_text(out, run->subject);
}

static void put_style(const struct run_result *run, FILE *out)
{
    (void)run;
    fputs(style_css, out);
}

static void put_script(const struct run_result *run, FILE *out)
{
    (void)run;
    fputs(script_js, out);
}

static void put_data(const struct run_result *run, FILE *out)
{
    html_data_put(out, run);
}

static void put_warnings(const struct run_result *run, FILE *out)
{
    if (run->interrupted)
        fputs("<p class=\"warning\">Interrupted: not every case was run.</p>\n", out);
    if (!run->ended_early)
        return;
    fputs("<p class=\"warning\">Ended early: ", out);
    put_text(out, run->ended_early);
    fputs("</p>\n", out);
}

static void put_fact(FILE *out, const char *name, const char *text)
{
    fprintf(out, "<dt>%s</dt><dd>", name);
    put_text(out, text);
    fputs("</dd>\n", out);
}

static void put_facts(const struct run_result *run, FILE *out)
{
    put_fact(out, "Address", run->subject_url);
    put_fact(out, "Edition", run->edition);
    put_fact(out, "Suite (SHA-256)", run->suite_digest);
    put_fact(out, "imageproof", run->tool_version);
    put_fact(out, "Started", run->started);
    fprintf(out, "<dt>Took</dt><dd>%.2f s</dd>\n", (double)run->time_us / 1e6);
}

static void put_verdicts(const struct run_result *run, FILE *out)
{
    (void)run;
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "<th scope=\"col\">%s</th>", verdict_name((enum verdict)i));
}

/* The levels of the suite, and what a log may call otherwise. */
static const char *const levels[] = {"must", "should", "may", "observed", "other"};
#define LEVEL_COUNT (sizeof levels / sizeof *levels)

static size_t level_of(const struct result_case *result)
{
    size_t level = 0;
    while (level < LEVEL_COUNT - 1 && strcmp(levels[level], result->level) != 0)
        level++;
    return level;
}

static void put_row(FILE *out, const char *name, const size_t counts[VERDICT_COUNT])
{
    size_t all = 0;
    fprintf(out, "<tr><th scope=\"row\">%s</th>", name);
    for (int i = 0; i < VERDICT_COUNT; i++) {
        all += counts[i];
        fprintf(out, "<td>%zu</td>", counts[i]);
    }
    fprintf(out, "<td>%zu</td></tr>\n", all);
}

static void put_counts(const struct run_result *run, FILE *out)
{
    size_t counts[LEVEL_COUNT][VERDICT_COUNT] = {0};
    size_t all[LEVEL_COUNT] = {0};
    for (size_t i = 0; i < run->case_count; i++) {
        size_t level = level_of(result_at(run, i));
        counts[level][result_verdict(run, i)]++;
        all[level]++;
    }
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        if (all[i] > 0)
            put_row(out, levels[i], counts[i]);
    }
    put_row(out, "all", result_summarise(run).counts);
}

static const struct {
    const char *name; /* as {{name}} in page.html */
    void (*put)(const struct run_result *run, FILE *out);
} parts[] = {
    {"subject", put_subject}, {"style", put_style},       {"warnings", put_warnings}, {"facts", put_facts},
    {"counts", put_counts},   {"verdicts", put_verdicts}, {"data", put_data},         {"script", put_script},
};

/* ---- the page ---- */

static void put_part(const struct run_result *run, FILE *out, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strlen(parts[i].name) == length && strncmp(parts[i].name, name, length) == 0)
            parts[i].put(run, out);
    }
}

static bool write_html(const struct run_result *run, FILE *out, struct err *err)
{
    const char *rest = page_html;
    for (const char *mark; (mark = strstr(rest, "{{"));) {
        const char *end = strstr(mark, "}}");
        fwrite(rest, 1, (size_t)(mark - rest), out);
        put_part(run, out, mark + 2, (size_t)(end - mark) - 2);
        rest = end + 2;
    }
    fputs(rest, out);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_html = {"html", "for anybody with a browser: one page, works offline", write_html};
