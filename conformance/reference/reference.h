/* A reference: its documents, read, and their atoms. */
#ifndef CONFORMANCE_REFERENCE_REFERENCE_H
#define CONFORMANCE_REFERENCE_REFERENCE_H

#include <stddef.h>

#include "conformance/reference/atoms.h"
#include "conformance/reference/reading.h"
#include "conformance/reference/table_maps.h"
#include "conformance/spec/problems.h"

struct reference_document {
    char *name;          /* relative to the folder that was named, e.g. "glance-v2/images-data.inc" */
    const char *grammar; /* the name of its reader; NULL: no reader recognises it */
    struct atoms atoms;
};

struct reference {
    struct reference_document *documents; /* by name */
    size_t count;
};

/* Reads `path`, one document or a folder of them (*.inc, *.rst, *.txt, at most three folders deep). `maps`
 * may be NULL. NULL when something is wrong; `problems` then says all of it. */
struct reference *reference_load(const char *path, const struct table_maps *maps, struct problems *problems);
void reference_free(struct reference *reference); /* accepts NULL */

#endif
