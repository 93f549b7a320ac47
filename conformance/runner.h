/* A run: cases side by side, the results in the order of the suite. */
#ifndef CONFORMANCE_RUNNER_H
#define CONFORMANCE_RUNNER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "conformance/spec.h"
#include "conformance/target.h"
#include "reports/result.h"

#define RUNNER_JOBS_MAX 64

struct runner_options {
    const struct spec_suite *suite;
    const struct target *target; /* with its url */
    const char *edition;         /* the name that the report gives */
    const char *fixtures;
    unsigned jobs;
    atomic_bool *stop; /* set by whoever stops the run; the runner only reads it */
    /* Called after each case, one call at a time, on any thread; may be NULL. */
    void (*case_done)(void *context, const struct result_case *result, size_t done, size_t total);
    void *context;
};

/* Fills *ret_run whole. False with `err` set when there is no session to be had: nothing was sent. */
bool runner_run(const struct runner_options *options, const struct spec_case *const *cases, size_t count,
                struct run_result *ret_run, struct err *err);

#endif
