/* Pages with marks, {{name}}, in the places of what is put in. */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include <jansson.h>
#include <stdio.h>

#include "reports/result.h"

/* `about` is whatever the page is about. */
struct page_part {
    const char *name;
    void (*put)(const void *about, FILE *out);
};

/* `parts` up to one without a name; every mark of the page is one of them. */
void page_put(const char *page, const struct page_part *parts, const void *about, FILE *out);

/* A page whose script shows data: what is its own in page/shell.html. */
struct html_page {
    const char *body;              /* HTML with marks */
    const char *style;             /* on top of page/style.css; "" */
    const char *script;            /* on top of page/elements.js */
    const struct page_part *parts; /* of the body; "title", as HTML; "data", as page_json() makes it */
};
void page_put_shell(const struct html_page *page, const void *about, FILE *out);

/* Text as HTML, on one line, with what could not be seen made visible. */
void page_put_text(FILE *out, const char *text);

/* The value as JSON that can stand in a script element: owned. */
char *page_json(const json_t *value);

/* Parts of pages that are about a struct run_result. */
void page_put_subject(const void *about, FILE *out);
void page_put_facts(const void *about, FILE *out);    /* items of a <dl> */
void page_put_verdicts(const void *about, FILE *out); /* cells of the head of the counts */
void page_put_counts(const void *about, FILE *out);   /* rows of a table, a level each and all of them */

#endif
