/* The limits and conditions that a case needs: entered by the hooks of the target, and always left again. */
#ifndef CONFORMANCE_CASE_HOOKS_H
#define CONFORMANCE_CASE_HOOKS_H

#include "conformance/case/state.h"

/* Enters all of them. How each is left is put off until the case is over before it is entered: what is
 * entered by half is left, too. False when the case is over: verdict error, or skipped. */
bool case_enter_states(struct case_state *state);
/* Whether one of them is the whole deployment's, so that no other case may run beside this one. */
bool case_is_alone(const struct target *target, const struct spec_case *one);

#endif
