#include "mock/rules.h"

#include <string.h>

#include "base/buf.h"
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

static bool rules_switch(struct rules *rules, enum rule rule, bool broken)
{
    __atomic_store_n(&rules->broken[rule], broken, __ATOMIC_RELAXED);
    return true;
}

static bool rules_set(struct rules *rules, const char *clause, bool broken, struct err *err)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (strcmp(clauses[i], clause) == 0)
            return rules_switch(rules, (enum rule)i, broken);
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

static const struct {
    const char *set;
    enum rule rule;
} quirks[] = {
#define QUIRK(set, rule) {set, RULE_##rule},
#include "mock/quirks.def"
#undef QUIRK
};

static bool refuse_quirks(const char *set, struct err *err)
{
    struct buf known;
    buf_init(&known, BUF_KIB);
    for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++) {
        if (i == 0 || strcmp(quirks[i].set, quirks[i - 1].set) != 0)
            buf_printf(&known, "%s%s", i ? ", " : "", quirks[i].set);
    }
    err_set(err, ERR_VALUE, "there are no quirks '%.200s'; there are %s", set, known.data);
    buf_fini(&known);
    return false;
}

bool rules_take_quirks(struct rules *rules, const char *set, struct err *err)
{
    bool found = false;
    for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++) {
        if (strcmp(quirks[i].set, set) == 0)
            found = rules_switch(rules, quirks[i].rule, true);
    }
    return found || refuse_quirks(set, err);
}
