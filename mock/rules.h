/* The rules that the mock obeys, each labelled with the id of the clause it comes from, so that one of
 * them can be broken on purpose (--break). The registry is faults.def. */
#ifndef MOCK_RULES_H
#define MOCK_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum rule {
#define STATUS_FAULT(call, status, instead, id) RULE_##call##_ANSWERS_##status,
#define FAULT(name, id, effect)                 RULE_##name,
#include "mock/faults.def"
#undef STATUS_FAULT
#undef FAULT
    RULE_COUNT,
};

struct rules {
    bool broken[RULE_COUNT];
};

static inline bool rule_holds(const struct rules *rules, enum rule rule)
{
    return !rules->broken[rule];
}

/* "image-data.upload.needs-queued". */
const char *rule_id(enum rule rule);
/* What the mock does while it is broken. */
const char *rule_effect(enum rule rule);
/* False when no rule has that id; *ret_nearest is then the one most like it. */
bool rule_find(const char *id, enum rule *ret_rule, const char **ret_nearest);

/* Calls whose status codes are rules of their own. */
enum rule_call {
    RULE_CALL_OTHER,
    RULE_CALL_UPLOAD,
    RULE_CALL_DOWNLOAD,
};

/* The status that `call` answers where it should answer `status`. */
int rule_status(const struct rules *rules, enum rule_call call, int status);

#endif
