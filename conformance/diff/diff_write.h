/* A diff for people, and for programs. */
#ifndef CONFORMANCE_DIFF_DIFF_WRITE_H
#define CONFORMANCE_DIFF_DIFF_WRITE_H

#include <jansson.h>
#include <stdio.h>

#include "conformance/diff/explained.h"

struct diff_report {
    const char *left; /* names of the subjects */
    const char *right;
    const struct diff *diff;
    const struct explained *explained; /* NULL: none was given */
    bool is_partial;                   /* some cases only: an entry may be about others */
};

/* Whether the entry explains nothing any more. */
bool diff_is_idle(const struct diff_report *report, const struct explained_entry *entry);
/* Those that are alike once, with how often and where. */
void diff_print(const struct diff_report *report, FILE *out);
/* imageproof.diff/1. A new reference. */
json_t *diff_json(const struct diff_report *report);

#endif
