/* One page that needs nothing else: its parts are in writers/html/. What stands in the page itself (subject,
 * counts) is readable without a script; the cases are data that the script shows. */
#include <stdlib.h>

#include "reports/embedded/page_html.h"
#include "reports/embedded/script_js.h"
#include "reports/html_data.h"
#include "reports/page.h"
#include "reports/writer.h"

/* ---- the parts of the page ---- */

static void put_script(const void *about, FILE *out)
{
    (void)about;
    fputs(script_js, out);
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
    {"subject", page_put_subject},
    {"style", page_put_style},
    {"warnings", put_warnings},
    {"facts", page_put_facts},
    {"counts", page_put_counts},
    {"verdicts", page_put_verdicts},
    {"data", put_data},
    {"elements", page_put_elements},
    {"script", put_script},
    {0},
};

static bool write_html(const struct run_result *run, FILE *out, struct err *err)
{
    page_put(page_html, parts, run, out);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_html = {"html", "for anybody with a browser: one page, works offline", write_html};
