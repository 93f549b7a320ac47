/* What the user sees while a run is going on: on stderr, one line that is rewritten on a terminal, plain
 * lines elsewhere. */
#ifndef CONFORMANCE_CLI_PROGRESS_H
#define CONFORMANCE_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "reports/result.h"

struct progress {
    bool quiet;
    bool terminal;
    uint64_t shown_us; /* when the line was written last */
    size_t counts[VERDICT_COUNT];
};

void progress_init(struct progress *progress, bool quiet);
/* As runner_options.case_done. */
void progress_case_done(void *context, const struct result_case *result, size_t done, size_t total);
void progress_end(struct progress *progress); /* leaves the line */

#endif
