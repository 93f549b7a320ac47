/* The steps of a case or of a given. */
#ifndef CONFORMANCE_CASE_STEPS_H
#define CONFORMANCE_CASE_STEPS_H

#include "conformance/case/state.h"

struct step_run {
    struct case_state *state;
    struct vars *vars;
    const char *purpose; /* what the exchanges are for; NULL: "step N" */
    bool is_given;       /* what does not hold is no finding then: nothing can be judged */
    size_t number;       /* of the step at hand, from 1 */
    size_t *entries;     /* in the ledger, of what its request makes; owned */
    size_t entry_count;
};

/* False when the case is over: a finding, an error, a stop. */
bool steps_run(struct step_run *run, const struct spec_step *steps, size_t count);

#endif
