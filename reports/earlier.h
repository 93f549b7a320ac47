/* An earlier run, as its JSON report tells it, and what is otherwise now. */
#ifndef REPORTS_EARLIER_H
#define REPORTS_EARLIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "reports/result.h"

struct earlier_case {
    char *id;
    enum verdict verdict;
    uint64_t time_ms;
    char *finding; /* "expected status 400, got status 204" of the first one; NULL: none */
};

struct earlier {
    char *subject;              /* its name */
    struct earlier_case *cases; /* by id */
    size_t count;
};

/* A report of `--report json=FILE`. False with `err` set. */
bool earlier_load(const char *path, struct earlier *ret_earlier, struct err *err);
void earlier_fini(struct earlier *earlier);
/* Calls `tell` for each case that fails now and did not, passes now and failed, is gone, is new, or takes
 * three times as long and half a second more. One line each. */
void earlier_compare(const struct earlier *earlier, const struct run_result *run,
                     void (*tell)(void *context, const char *text), void *context);

#endif
