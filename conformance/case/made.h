/* What a step makes, and how it is undone: told to the ledger before the request, and to the case's clean-up
 * once it is known. */
#ifndef CONFORMANCE_CASE_MADE_H
#define CONFORMANCE_CASE_MADE_H

#include "conformance/case/judging.h"

/* Before a request that makes something: how to find that, should the run not live to see the answer. False
 * when it must not be sent: verdict error. made_forget in any case. */
bool made_expect(struct step_run *run, const struct spec_step *step, const struct request *request);
/* What the step made must be removed, also when the answer is not quite what was expected, and also when a
 * refusal was expected: an image whose data are refused may be left. */
void made_know(struct judging *judging, const struct answer *answer);
/* Of a request without an answer: whether it made anything is not known. */
bool made_put_off(struct step_run *run, const struct spec_step *step);
void made_forget(struct step_run *run);

#endif
