#include "reports/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/embedded/elements_js.h"
#include "reports/embedded/shell_html.h"
#include "reports/embedded/style_css.h"
#include "reports/escape.h"

static const struct page_part *find_part(const struct page_part *parts, const char *name, size_t length)
{
    while (parts->name && (strlen(parts->name) != length || strncmp(parts->name, name, length) != 0))
        parts++;
    assert(parts->name);
    return parts;
}

void page_put(const char *page, const struct page_part *parts, const void *about, FILE *out)
{
    for (const char *mark; (mark = strstr(page, "{{"));) {
        const char *end = strstr(mark, "}}");
        fwrite(page, 1, (size_t)(mark - page), out);
        find_part(parts, mark + 2, (size_t)(end - mark) - 2)->put(about, out);
        page = end + 2;
    }
    fputs(page, out);
}

/* ---- the shell ---- */

struct shell {
    const struct html_page *page;
    const void *about;
};

static void put_part(const struct shell *shell, const char *name, FILE *out)
{
    find_part(shell->page->parts, name, strlen(name))->put(shell->about, out);
}

static void put_title(const void *shell, FILE *out)
{
    put_part(shell, "title", out);
}

static void put_style(const void *about, FILE *out)
{
    const struct shell *shell = about;
    fputs(style_css, out);
    fputs(shell->page->style, out);
}

static void put_body(const void *about, FILE *out)
{
    const struct shell *shell = about;
    page_put(shell->page->body, shell->page->parts, shell->about, out);
}

static void put_data(const void *shell, FILE *out)
{
    put_part(shell, "data", out);
}

static void put_script(const void *about, FILE *out)
{
    const struct shell *shell = about;
    fputs(elements_js, out);
    fputs(shell->page->script, out);
}

void page_put_shell(const struct html_page *page, const void *about, FILE *out)
{
    static const struct page_part parts[] = {
        {"title", put_title}, {"style", put_style},   {"body", put_body},
        {"data", put_data},   {"script", put_script}, {0},
    };
    page_put(shell_html, parts, &(struct shell){page, about}, out);
}

/* ---- texts and JSON in a page ---- */

/* XML's escapes are HTML's too. */
void page_put_text(FILE *out, const char *text)
{
    char *line = escape_to_line(text);
    escape_xml(out, line);
    free(line);
}

#define DELETE       0x7f
#define ESCAPE_BYTES (sizeof "\\u003c" - 1)

/* ASCII alone, since HTML forbids some characters that JSON allows ("Preprocessing the input stream"). */
#define FLAGS (JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9))

/* '<' could end the script element, and HTML forbids the other; both stand in strings only. NULL: it may
 * stay. */
static const char *escape_of(char c)
{
    if (c == '<')
        return "\\u003c";
    return c == DELETE ? "\\u007f" : NULL;
}

char *page_json(const json_t *value)
{
    char *plain = json_dumps(value, FLAGS);
    size_t length = 0;
    for (const char *c = plain; *c; c++)
        length += escape_of(*c) ? ESCAPE_BYTES : 1;
    char *text = mem_alloc(length + 1);
    char *next = text;
    for (const char *c = plain; *c; c++) {
        const char *escape = escape_of(*c);
        memcpy(next, escape ? escape : c, escape ? ESCAPE_BYTES : 1);
        next += escape ? ESCAPE_BYTES : 1;
    }
    free(plain);
    return text;
}

/* ---- parts about a run ---- */

void page_put_subject(const void *about, FILE *out)
{
    const struct run_result *run = about;
    page_put_text(out, run->subject);
}

static void put_fact(FILE *out, const char *name, const char *text)
{
    fprintf(out, "<dt>%s</dt><dd>", name);
    page_put_text(out, text);
    fputs("</dd>\n", out);
}

void page_put_facts(const void *about, FILE *out)
{
    const struct run_result *run = about;
    put_fact(out, "Address", run->subject_url);
    put_fact(out, "Edition", run->edition);
    put_fact(out, "Suite (SHA-256)", run->suite_digest);
    put_fact(out, "imageproof", run->tool_version);
    put_fact(out, "Started", run->started);
    fprintf(out, "<dt>Took</dt><dd>%.2f s</dd>\n", (double)run->time_us / 1e6);
}

void page_put_verdicts(const void *about, FILE *out)
{
    (void)about;
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

void page_put_counts(const void *about, FILE *out)
{
    const struct run_result *run = about;
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
