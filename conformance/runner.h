/* A run: cases side by side, the results in the order of the suite. */
#ifndef CONFORMANCE_RUNNER_H
#define CONFORMANCE_RUNNER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "conformance/spec/spec.h"
#include "conformance/target/target.h"
#include "reports/result.h"

#define RUNNER_JOBS_MAX    64
#define RUNNER_RUN_ID_SIZE 9

/* What a run is about: a selection of the suite, and the part of it that is run here. */
struct runner_plan {
    const struct spec_case *const *cases; /* in the order of the suite */
    size_t count;
    const size_t *shards; /* beside the cases: which part runs it, from 1; NULL: there is one part */
    size_t shard;         /* the part that is run here; 0: all */
    size_t shard_count;
    size_t resumed_count; /* how often the run was gone on with: cases have other numbers in ${case.id} then,
                             since a subject may remember those that were cut off */
    const bool *done;     /* beside the cases: which have a result already; NULL: none */
};

struct runner_options {
    const struct spec_suite *suite;
    const struct target *target; /* with its url */
    const char *edition;         /* the name that the report gives */
    const char *fixtures;
    struct runner_plan plan;
    unsigned jobs;
    const char *run_id;      /* part of every name that the run gives; NULL: one is made */
    struct remains *remains; /* borrowed; NULL: what is left behind goes with the subject */
    unsigned lost_retries;   /* how often a case that lost a connection is run once more */
    bool preflight;    /* see preflight.h: of each API that is judged; a run that fails it judges nothing */
    uint64_t rate;     /* requests a second at most; 0: as fast as it goes */
    atomic_bool *stop; /* set by whoever stops the run; the runner only reads it */
    /* Called after each case, one call at a time, on any thread; `index` is the case's place in the plan. The
     * result is forgotten afterwards, since a run may be larger than memory; whoever keeps it leaves an empty
     * one. */
    void (*case_done)(void *context, size_t index, struct result_case *result, size_t done, size_t total);
    void *context;
};

/* An id that no other run has. */
void runner_make_run_id(char run_id[static RUNNER_RUN_ID_SIZE]);
/* Fills *ret_run with what is known before the first case. */
void runner_describe(const struct runner_options *options, struct run_result *ret_run);
/* Fills what is known of the run as a whole at its end into *run, which was described before. False with
 * `err` set when there is no session to be had: nothing was sent. */
bool runner_run(const struct runner_options *options, struct run_result *run, struct err *err);

#endif
