/* Differences between two subjects that have their reason, as a file:
 *
 *     explained: the bundled mock and Glance 25.1
 *     differences:
 *       - case: "*"                            glob on ids
 *         what: header Server                  glob, or a list of them: see exchange_diff.h
 *         status: 204                          of both answers; optional
 *         a: present                           glob; optional
 *         b: absent                            glob; optional
 *         by: none                             or quirk, or the id of the clause that decides
 *         reason: TEXT */
#ifndef CONFORMANCE_DIFF_EXPLAINED_H
#define CONFORMANCE_DIFF_EXPLAINED_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance/diff/case_diff.h"
#include "conformance/spec/problems.h"

struct explained_entry {
    char *id;        /* glob, as the texts up to `right` */
    unsigned status; /* 0: any, and answers that differ in it */
    char **whats;
    size_t what_count;
    char *left; /* NULL: whatever it is */
    char *right;
    char *by; /* "none", "quirk", or a clause */
    char *reason;
    size_t line;
    size_t used; /* differences that it explains */
};

struct explained {
    char *path; /* for messages */
    struct explained_entry *entries;
    size_t count;
};

/* False after complaining in `problems`. Owned: explained_fini. */
bool explained_load(const char *path, struct explained *ret_explained, struct problems *problems);
/* Whether the entry is about the difference: a clause that decides explains by its name alone. */
bool explained_fits(const struct explained_entry *entry, const struct diff_difference *difference);
/* Gives each difference the first entry that fits; how many have none. */
size_t explained_apply(struct explained *explained, struct diff *diff);
void explained_fini(struct explained *explained);

#endif
