/* The versions document. */
#ifndef MOCK_VERSIONS_H
#define MOCK_VERSIONS_H

#include "mock/exchange.h"

void versions_answer(struct exchange *exchange, int status);

#endif
