/* A request that is sent until its answer is as expected. */
#ifndef CONFORMANCE_CASE_TRIES_H
#define CONFORMANCE_CASE_TRIES_H

#include "conformance/case/judging.h"

/* Once, or as long as the step's `until` says. False when the case is over. */
bool step_try(struct step_run *run, const struct spec_step *step, struct request *request);
/* What an exchange is for: owned. */
char *step_purpose(const struct step_run *run, size_t try);

#endif
