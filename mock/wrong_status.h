/* A status code whose rule is broken is answered as another one, and nothing else changes. */
#ifndef MOCK_WRONG_STATUS_H
#define MOCK_WRONG_STATUS_H

#include <stddef.h>

#include "mock/rules.h"

struct wrong_status {
    int right;
    int wrong;
    enum rule rule;
};

int wrong_status(const struct rules *rules, const struct wrong_status *table, size_t count, int right);

#endif
