/* A small picture (SVG 1.1) for a README: what was run, and how it ended. All counts are its title. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/writer.h"

/* In pixels. The widths are told to the renderer too, whose letters may be others. */
#define HEIGHT    20
#define LETTER    7
#define PADDING   6
#define BASE_LINE 14

static const char label[] = "conformance";

static const struct {
    const char *colour; /* white letters on it have a contrast of 4.5 to 1 or more (WCAG 2.1, 1.4.3) */
    enum verdict verdict;
    const char *word;
} states[] = {
    {"#b42318", VERDICT_FAIL, "failed"},
    {"#8a5a00", VERDICT_ERROR, "not judged"},
    {"#1a7f37", VERDICT_PASS, "passed"},
};

/* The worst that there is: its index; the number of states when nothing was judged. */
static size_t worst(const struct result_summary *summary)
{
    size_t state = 0;
    while (state < sizeof states / sizeof *states && summary->counts[states[state].verdict] == 0)
        state++;
    return state;
}

static void put_word(FILE *out, size_t left, size_t width, const char *text)
{
    fprintf(out, "  <text x=\"%zu\" y=\"%d\" textLength=\"%zu\">", left + PADDING, BASE_LINE,
            width - 2 * (size_t)PADDING);
    escape_xml(out, text);
    fputs("</text>\n", out);
}

static void put_title(FILE *out, const struct run_result *run, const struct result_summary *summary)
{
    char *subject = escape_to_line(run->subject);
    fputs("  <title>", out);
    escape_xml(out, subject);
    free(subject);
    fputs(": ", out);
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "%s%s %zu", i ? ", " : "", verdict_name((enum verdict)i), summary->counts[i]);
    fputs("</title>\n", out);
}

static size_t width_of(const char *text)
{
    return strlen(text) * LETTER + 2 * (size_t)PADDING;
}

static bool write_badge(const struct run_result *run, FILE *out, struct err *err)
{
    struct result_summary summary = result_summarise(run);
    size_t state = worst(&summary);
    bool judged = state < sizeof states / sizeof *states;
    bool whole = !run->interrupted && !run->ended_early;
    char *word = judged ? mem_printf("%zu %s%s", summary.counts[states[state].verdict], states[state].word,
                                     whole ? "" : ", cut off")
                        : mem_dup("nothing judged");
    size_t left = width_of(label);
    size_t right = width_of(word);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%d\" role=\"img\" "
            "font-family=\"Verdana,Geneva,sans-serif\" font-size=\"11\" fill=\"#fff\">\n",
            left + right, HEIGHT);
    put_title(out, run, &summary);
    fprintf(out,
            "  <rect width=\"%zu\" height=\"%d\" fill=\"#444\"/>\n"
            "  <rect x=\"%zu\" width=\"%zu\" height=\"%d\" fill=\"%s\"/>\n",
            left, HEIGHT, left, right, HEIGHT, judged && whole ? states[state].colour : "#6e6e6e");
    put_word(out, 0, left, label);
    put_word(out, left, right, word);
    fputs("</svg>\n", out);
    free(word);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_badge = {"badge", "for a README: a small picture (SVG)", write_badge};
