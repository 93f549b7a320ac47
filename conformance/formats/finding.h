/* What a checker has to say: a rule of the format that an image breaks, where, and in which words. A finding
 * is data, never an error of ours. */
#ifndef CONFORMANCE_FORMATS_FINDING_H
#define CONFORMANCE_FORMATS_FINDING_H

#include <stdbool.h>
#include <stdint.h>

enum severity {
    SEVERITY_CORRUPTION, /* breaks a rule of the format: data is or can be lost */
    SEVERITY_LEAK,       /* space is lost, data is not */
    SEVERITY_UNSAFE,     /* opening the image opens something else */
    SEVERITY_WARNING,    /* legal but odd */
    SEVERITY_COUNT,
};

/* One line RULE(SYMBOL, "id", SEVERITY) a rule; what it says and where that stands is in
 * specs/formats/<format>.yaml under the same id. */
enum rule_index {
#define RULE(symbol, id, severity) RULE_##symbol,
#include "conformance/formats/rules.def"
#undef RULE
    RULE_COUNT
};

struct rule {
    const char *id;
    enum severity severity;
};

extern const struct rule rules[RULE_COUNT];

struct finding {
    const struct rule *rule;
    uint64_t offset; /* bytes from the start of the file, where the wrong value stands */
    char *field;     /* of a layout, or what the place is called; owned */
    char *text;      /* one line, no full stop; owned */
};

/* "corruption", "leak", "unsafe", "warning". */
const char *severity_name(enum severity severity);

#endif
