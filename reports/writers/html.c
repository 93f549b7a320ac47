/* One page that needs nothing else: page/ has what any has, writers/html/ what is its own. What stands in the
 * page itself (subject, counts) is readable without a script; the cases are data that the script shows. */
#include <stdlib.h>

#include "reports/embedded/body_html.h"
#include "reports/embedded/script_js.h"
#include "reports/html_data.h"
#include "reports/page.h"
#include "reports/writer.h"

static void put_title(const void *run, FILE *out)
{
    fputs("Conformance of ", out);
    page_put_subject(run, out);
}

static void put_data(const void *about, FILE *out)
{
    html_data_put(out, about);
}

static void put_warnings(const void *about, FILE *out)
{
    const struct run_result *run = about;
    char *resumed = result_resumed(run);
    if (resumed)
        fprintf(out, "<p>Resumed %s: one run, with a break.</p>\n", resumed);
    free(resumed);
    if (run->interrupted)
        fputs("<p class=\"warning\">Interrupted: not every case was run.</p>\n", out);
    if (!run->ended_early)
        return;
    fputs("<p class=\"warning\">Ended early: ", out);
    page_put_text(out, run->ended_early);
    fputs("</p>\n", out);
}

static const struct page_part parts[] = {
    {"title", put_title},        {"subject", page_put_subject},
    {"warnings", put_warnings},  {"facts", page_put_facts},
    {"counts", page_put_counts}, {"verdicts", page_put_verdicts},
    {"data", put_data},          {0},
};

static bool write_html(const struct run_result *run, FILE *out, struct err *err)
{
    page_put_shell(&(struct html_page){body_html, "", script_js, parts}, run, out);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_html = {"html", "for anybody with a browser: one page, works offline", write_html};
