#include "mock/rules.h"

#include <string.h>

#include "base/nearest.h"

static const struct {
    const char *id;
    const char *effect;
} table[RULE_COUNT] = {
#define STATUS_FAULT(call, status, instead, id)                                                              \
    [RULE_##call##_ANSWERS_##status] = {id, "answers " #instead " where it should answer " #status},
#define FAULT(name, id, effect) [RULE_##name] = {id, effect},
#include "mock/faults.def"
#undef STATUS_FAULT
#undef FAULT
};

static const struct {
    enum rule_call call;
    int status;
    int instead;
    enum rule rule;
} statuses[] = {
#define STATUS_FAULT(call, status, instead, id)                                                              \
    {RULE_CALL_##call, status, instead, RULE_##call##_ANSWERS_##status},
#define FAULT(name, id, effect)
#include "mock/faults.def"
#undef STATUS_FAULT
#undef FAULT
};

const char *rule_id(enum rule rule)
{
    return table[rule].id;
}

const char *rule_effect(enum rule rule)
{
    return table[rule].effect;
}

bool rule_find(const char *id, enum rule *ret_rule, const char **ret_nearest)
{
    const char *ids[RULE_COUNT + 1] = {0};
    for (int i = 0; i < RULE_COUNT; i++) {
        ids[i] = table[i].id;
        if (strcmp(ids[i], id) == 0) {
            *ret_rule = (enum rule)i;
            return true;
        }
    }
    *ret_nearest = nearest_of(id, ids);
    return false;
}

int rule_status(const struct rules *rules, enum rule_call call, int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].call == call && statuses[i].status == status && rules->broken[statuses[i].rule])
            return statuses[i].instead;
    return status;
}
