/* Everything that is wrong with a suite, collected, so that a user mends a file in one go. */
#ifndef CONFORMANCE_SPEC_PROBLEMS_H
#define CONFORMANCE_SPEC_PROBLEMS_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "conformance/spec/yaml_tree.h"

#define PROBLEMS_MAX 200 /* then one last problem says that there are more */

struct problems {
    struct err *items; /* owned */
    size_t count;
};

/* Says what is wrong at `place`, code ERR_VALUE. The text names what was found and what was expected.
 * What has been said already is not said again. */
void problems_add(struct problems *problems, struct yaml_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void problems_add_err(struct problems *problems, const struct err *err);
/* By file, line, column. */
void problems_sort(struct problems *problems);
void problems_fini(struct problems *problems);

#endif
