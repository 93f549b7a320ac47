#include "conformance/formats/finding.h"

const struct rule rules[RULE_COUNT] = {
#define RULE(symbol, id, severity) [RULE_##symbol] = {id, SEVERITY_##severity},
#include "conformance/formats/rules.def"
#undef RULE
};

const char *severity_name(enum severity severity)
{
    static const char *const names[SEVERITY_COUNT] = {"corruption", "leak", "unsafe", "warning"};
    return names[severity];
}
