/* What a case leaves behind is removed. */
#ifndef CONFORMANCE_CASE_CLEAN_UP_H
#define CONFORMANCE_CASE_CLEAN_UP_H

#include "conformance/case/state.h"

/* Cuts what is held open, and sends what was put off, last one first, whatever became of the case. */
void case_clean_up(struct case_state *state);

#endif
