/* One case: what it needs is made, what it asks is sent and judged, what it made is removed. */
#ifndef CONFORMANCE_CASE_RUN_H
#define CONFORMANCE_CASE_RUN_H

#include <pthread.h>
#include <stdatomic.h>

#include "conformance/spec/spec.h"
#include "conformance/subject.h"
#include "conformance/target/target.h"
#include "reports/result.h"

/* Shared by all cases of a run; immutable but for the flag and the pace. */
struct case_environment {
    const struct target *target;
    const char *fixtures;
    const char *run_id;    /* part of every name that the run gives */
    const char *uuid;      /* ${case.uuid} of a case that is judged again; NULL: one is made */
    const char *source;    /* address of the data to be fetched; NULL when no case needs them */
    size_t numbers;        /* so many are in use, 0 among them; who is run once more takes one behind them */
    unsigned lost_retries; /* how often a case that lost a connection is run once more */
    const atomic_bool *stop; /* the user wants to stop */
    struct remains *remains; /* shared by all; NULL: what is left behind goes with the subject */
    struct pace *pace;       /* shared by all; NULL: as fast as it goes */
    pthread_rwlock_t *turns; /* shared by all: written by a case that is to be alone; NULL: there is one */
};

/* What a case means for those that come after it. */
enum case_after {
    CASE_AFTER_GO_ON,
    CASE_AFTER_UNREACHABLE, /* the subject could not be reached at all */
    CASE_AFTER_STUCK,       /* a state that is the whole deployment's still holds: no other can be judged */
};

/* `number` makes ${case.id} unique in the run. Fills *ret_result whole. */
enum case_after case_run(const struct case_environment *environment, struct subject_session *session,
                         const struct spec_case *one, size_t number, struct result_case *ret_result);
/* What the suite says of a case: a result that has not been judged. */
void case_describe(const struct spec_case *one, struct result_case *ret_result);
/* A result for a case that was not run. */
void case_not_run(const struct spec_case *one, enum verdict verdict, const char *reason,
                  struct result_case *ret_result);

#endif
