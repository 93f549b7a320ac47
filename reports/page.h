/* Pages with marks, {{name}}, in the places of what is put in. */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include <stdio.h>

#include "reports/result.h"

struct page_part {
    const char *name;
    void (*put)(const struct run_result *run, FILE *out);
};

/* `parts` up to one without a name; every mark of the page is one of them. */
void page_put(const char *page, const struct page_part *parts, const struct run_result *run, FILE *out);

/* Text as HTML, on one line, with what could not be seen made visible. */
void page_put_text(FILE *out, const char *text);

/* Parts that several pages have. */
void page_put_subject(const struct run_result *run, FILE *out);
void page_put_facts(const struct run_result *run, FILE *out);    /* items of a <dl> */
void page_put_verdicts(const struct run_result *run, FILE *out); /* cells of the head of the counts */
void page_put_counts(const struct run_result *run,
                     FILE *out); /* rows of a table, a level each and all of them */

#endif
