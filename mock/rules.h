/* The mock's rules, each labelled with the id of the clause it obeys, and which of them are broken.
 * A handler asks rule_obeyed() where it makes the check; nothing else knows about faults. */
#ifndef MOCK_RULES_H
#define MOCK_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum rule {
#define FAULT(name, clause, wrong) RULE_##name,
#include "mock/faults.def"
#undef FAULT
    RULE_COUNT
};

struct rules {
    bool broken[RULE_COUNT]; /* switched while others read: only by the functions below */
};

static inline bool rule_obeyed(const struct rules *rules, enum rule rule)
{
    return !__atomic_load_n(&rules->broken[rule], __ATOMIC_RELAXED);
}

const char *rule_clause(enum rule rule);
const char *rule_wrong(enum rule rule); /* what the mock does when the rule is broken */

/* False when there is no rule for `clause`; the error names the nearest one, if any is near. */
bool rules_break(struct rules *rules, const char *clause, struct err *err);
bool rules_mend(struct rules *rules, const char *clause, struct err *err);

/* Breaks the rules of a set (quirks.def). False when there is none of that name. */
bool rules_take_quirks(struct rules *rules, const char *set, struct err *err);

#endif
