/* Conditions and limits: what a deployment can be like, for everybody or for one project. */
#ifndef MOCK_SWITCHES_H
#define MOCK_SWITCHES_H

#include <stdbool.h>
#include <stdint.h>

enum condition {
#define CONDITION(name, text, effect) CONDITION_##name,
#include "mock/conditions.def"
#undef CONDITION
    CONDITION_COUNT,
};

enum limit {
#define LIMIT(name, text, what) LIMIT_##name,
#include "mock/limits.def"
#undef LIMIT
    LIMIT_COUNT,
};

#define LIMIT_NONE UINT64_MAX

struct switches {
    bool conditions[CONDITION_COUNT];
    uint64_t limits[LIMIT_COUNT]; /* LIMIT_NONE: no limit */
};

void switches_init(struct switches *switches); /* everything off */
/* What holds where both speak: a condition of either, the smaller of two limits. */
struct switches switches_join(const struct switches *left, const struct switches *right);
bool switches_off(const struct switches *switches);

const char *condition_name(enum condition condition);
const char *limit_name(enum limit limit);
bool condition_find(const char *name, enum condition *ret_condition);
bool limit_find(const char *name, enum limit *ret_limit);

#endif
