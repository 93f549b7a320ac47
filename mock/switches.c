#include "mock/switches.h"

#include <string.h>

static const char *const condition_names[CONDITION_COUNT] = {
#define CONDITION(name, text, effect) [CONDITION_##name] = text,
#include "mock/conditions.def"
#undef CONDITION
};

static const char *const limit_names[LIMIT_COUNT] = {
#define LIMIT(name, text, what) [LIMIT_##name] = text,
#include "mock/limits.def"
#undef LIMIT
};

void switches_init(struct switches *switches)
{
    memset(switches, 0, sizeof *switches);
    for (int i = 0; i < LIMIT_COUNT; i++)
        switches->limits[i] = LIMIT_NONE;
}

struct switches switches_join(const struct switches *left, const struct switches *right)
{
    struct switches joined;
    for (int i = 0; i < CONDITION_COUNT; i++)
        joined.conditions[i] = left->conditions[i] || right->conditions[i];
    for (int i = 0; i < LIMIT_COUNT; i++)
        joined.limits[i] = left->limits[i] < right->limits[i] ? left->limits[i] : right->limits[i];
    return joined;
}

bool switches_off(const struct switches *switches)
{
    struct switches off;
    switches_init(&off);
    return memcmp(off.conditions, switches->conditions, sizeof off.conditions) == 0 &&
           memcmp(off.limits, switches->limits, sizeof off.limits) == 0;
}

const char *condition_name(enum condition condition)
{
    return condition_names[condition];
}

const char *limit_name(enum limit limit)
{
    return limit_names[limit];
}

static bool find(const char *const *names, int count, const char *name, int *ret_index)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

bool condition_find(const char *name, enum condition *ret_condition)
{
    int index;
    if (!find(condition_names, CONDITION_COUNT, name, &index))
        return false;
    *ret_condition = (enum condition)index;
    return true;
}

bool limit_find(const char *name, enum limit *ret_limit)
{
    int index;
    if (!find(limit_names, LIMIT_COUNT, name, &index))
        return false;
    *ret_limit = (enum limit)index;
    return true;
}
