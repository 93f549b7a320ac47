/* Conditions and limits switched from outside, for one project or for all. */
#ifndef MOCK_ADMIN_H
#define MOCK_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "mock/exchange.h"

void admin_answer_condition(struct exchange *exchange, bool on);
void admin_answer_limit(struct exchange *exchange, uint64_t value);

#endif
