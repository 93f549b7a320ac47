#include "mock/rules.h"

#include <string.h>

#include "base/nearest.h"

static const char *const clauses[RULE_COUNT] = {
#define FAULT(name, clause, wrong) clause,
#include "mock/faults.def"
#undef FAULT
};

static const char *const wrongs[] = {
#define FAULT(name, clause, wrong) wrong,
#include "mock/faults.def"
#undef FAULT
};

const char *rule_clause(enum rule rule)
{
    return clauses[rule];
}

const char *rule_wrong(enum rule rule)
{
    return wrongs[rule];
}

static const char *nearest_clause(const char *clause)
{
    const char *names[RULE_COUNT + 1] = {0};
    memcpy(names, clauses, sizeof clauses);
    return nearest_of(clause, names);
}

static bool rules_set(struct rules *rules, const char *clause, bool broken, struct err *err)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (strcmp(clauses[i], clause) == 0) {
            __atomic_store_n(&rules->broken[i], broken, __ATOMIC_RELAXED);
            return true;
        }
    }
    const char *nearest = nearest_clause(clause);
    return err_set(err, ERR_VALUE, "no rule is labelled '%s'%s%s%s", clause,
                   nearest ? "; did you mean '" : "", nearest ? nearest : ", see --list-faults",
                   nearest ? "'?" : "");
}

bool rules_break(struct rules *rules, const char *clause, struct err *err)
{
    return rules_set(rules, clause, true, err);
}

bool rules_mend(struct rules *rules, const char *clause, struct err *err)
{
    return rules_set(rules, clause, false, err);
}
