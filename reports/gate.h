/* What a pipeline asks of a finished run. */
#ifndef REPORTS_GATE_H
#define REPORTS_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/baseline.h"
#include "reports/result.h"

enum gate_level {
    GATE_ANY,    /* every failure counts */
    GATE_SHOULD, /* those of the levels must and should */
    GATE_MUST,
};

struct gate {
    enum gate_level fail_on;
    bool has_max_skipped;
    uint64_t max_skipped; /* cases that were skipped or not claimed */
    char **required;      /* tags: there is a case of each, and each of them passed. Strings borrowed */
    size_t required_count;
    const struct baseline *baseline; /* accepted failures; borrowed, NULL: none */
};

/* "must", "should", "any". */
bool gate_level_parse(const char *name, enum gate_level *ret_level);

/* DESIGN: 0 all judged passed and at least one was judged, 1 a failure, 2 could not judge; a demand that is
 * not met is a failure. An interrupted run that has no failure is 2: part of what was asked for was not
 * judged. `complain` (may be NULL) is told of each demand that is not met, in one line. */
int gate_exit_status(const struct gate *gate, const struct run_result *run,
                     void (*complain)(void *context, const char *text), void *context);

#endif
