/* Accepted failures of a subject, each with its reason: what a gate lets pass, and what it does not. */
#ifndef REPORTS_BASELINE_H
#define REPORTS_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/result.h"

struct baseline_entry {
    char *id; /* of the case */
    char *reason;
    char *expires; /* the last day it holds, "2027-01-31", UTC; NULL: it does not expire */
};

struct baseline {
    char *path; /* for messages; owned, as all else */
    struct baseline_entry *entries;
    size_t count;
};

/* The reason of an entry that nobody has written one for begins with it; such an entry holds for nothing. */
#define BASELINE_UNREVIEWED "not reviewed: "

/* NULL when the case is not listed. Borrowed. */
const struct baseline_entry *baseline_find(const struct baseline *baseline, const char *id);
/* Whether a failure of the case is accepted on that day ("2026-11-21"). */
bool baseline_accepts(const struct baseline *baseline, const char *id, const char *today);
/* Calls `complain` for each entry that does not hold any more: the case is gone, passes, is not claimed, the
 * day is over, or nobody has reviewed it. */
void baseline_check(const struct baseline *baseline, const struct run_result *run, const char *today,
                    void (*complain)(void *context, const char *text), void *context);
void baseline_fini(struct baseline *baseline);

#endif
