/* What is known of one image after it was checked. */
#ifndef CONFORMANCE_FORMATS_REPORT_H
#define CONFORMANCE_FORMATS_REPORT_H

#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/buf.h"
#include "conformance/formats/finding.h"

/* Findings of one rule that are kept; the rest is only counted. A damaged table breaks one rule a million
 * times, and nobody reads the second hundred. */
#define REPORT_FINDINGS_PER_RULE 100
#define REPORT_DUMP_LIMIT_BYTES  (16 * BUF_MIB)

struct report {
    const char *format; /* "qcow2", ...; static */
    bool has_virtual_size;
    uint64_t virtual_size; /* bytes */
    json_t *options;       /* as `qemu-img create -o` takes them; an object */
    struct finding *findings;
    size_t finding_count;
    size_t counts[RULE_COUNT]; /* with those that were not kept */
    char **references;         /* names of other files that the image needs, as they stand in it; owned */
    size_t reference_count;
    struct buf dump; /* every field that was read, one a line; empty unless it was asked for */
};

void report_init(struct report *report);
void report_fini(struct report *report); /* accepts NULL */

void report_add(struct report *report, enum rule_index rule, uint64_t offset, const char *field,
                const char *format, va_list args) __attribute__((format(printf, 5, 0)));

size_t report_count(const struct report *report, enum severity severity);
/* Findings that were counted but not kept. */
size_t report_omitted(const struct report *report);
bool report_is_sound(const struct report *report); /* no corruption */
bool report_is_safe(const struct report *report);  /* nothing unsafe */

/* The object of one file in imageproof.check/1, a new reference. */
json_t *report_json(const struct report *report, const char *path);
/* For people: a line of summary and a line for each finding. */
void report_text(const struct report *report, const char *path, struct buf *out);

#endif
