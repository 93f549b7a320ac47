/* One answer and what its step expects of it. */
#ifndef CONFORMANCE_CASE_JUDGING_H
#define CONFORMANCE_CASE_JUDGING_H

#include "conformance/case/steps.h"

struct held_finding {
    const char *clause; /* NULL: the case's own */
    char *expected;
    char *actual;
};

/* One answer being judged: findings wait here, since `until` may make them void. */
struct judging {
    struct step_run *run;
    const struct spec_step *step;
    const struct request *request;
    struct match_watch **watches; /* beside step->expects; NULL where there is none */
    size_t current;               /* the expectation at hand */
    struct case_file file;        /* the body; without a path when nobody wants it */
    struct held_finding *findings;
    size_t finding_count;
    struct err err;
};

/* Fills *watcher with who looks at the body while it streams by. False with judging->err set when a value
 * that is expected cannot be had; judging_fini in any case. */
bool judging_init(struct judging *judging, struct step_run *run, const struct spec_step *step,
                  const struct request *request, struct subject_watcher *watcher);
void judging_fini(struct judging *judging);

/* Holds each expectation against the answer. */
void judging_judge(struct judging *judging, struct answer *answer);
/* Whether an answer of that status is what the step is about, whatever else it may mean: it names this one,
 * and not only a class such as 4xx. */
bool judging_awaits(const struct judging *judging, int status);
/* Sets what the step captures of the answer, or of its request; what is not there is a finding, where there
 * is none yet. */
void judging_capture(struct judging *judging, const struct answer *answer);
/* Makes the findings those of the case. False when there are any. */
bool judging_settle(struct judging *judging, size_t index);

/* Nothing was answered, or not as HTTP wants it: what becomes of the case. Returns false. */
bool step_not_answered(struct step_run *run, const struct subject_exchange *exchange, size_t index);

#endif
