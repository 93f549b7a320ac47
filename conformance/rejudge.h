/* A run is judged once more, offline: the clauses of the suite on what the transcript says was answered. */
#ifndef CONFORMANCE_REJUDGE_H
#define CONFORMANCE_REJUDGE_H

#include <stdbool.h>

#include "base/err.h"
#include "conformance/spec/spec.h"
#include "reports/result.h"

struct rejudge {
    size_t same;      /* cases that come out as the transcript says */
    size_t different; /* cases that do not, or whose exchanges are not those of the case */
    size_t unjudged;  /* cases that had no exchange to judge: skipped, or given up before the first one */
};

/* `run` is read from its log. `different` is told of each case that comes out differently, with the reason,
 * in one line. False with `err` set when nothing can be judged: the suite is another one, the subject is not
 * described. */
bool rejudge_run(const struct spec_suite *suite, const struct run_result *run, const char *fixtures,
                 void (*different)(void *context, const char *id, const char *reason), void *context,
                 struct rejudge *ret_rejudge, struct err *err);

#endif
