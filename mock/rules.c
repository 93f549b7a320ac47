#include "mock/rules.h"

#include <string.h>

#include "mock/nearest.h"

static const char *const clauses[] = {
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

bool rules_break(struct rules *rules, const char *clause, struct err *err)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (strcmp(clauses[i], clause) == 0)
            return rules->broken[i] = true;
    }
    return err_set(err, ERR_VALUE, "no rule is labelled '%s'; did you mean '%s'?", clause,
                   clauses[nearest_word(clause, clauses, RULE_COUNT)]);
}
