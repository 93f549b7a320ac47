/* What is made of a finished run, the same for `run` and `report`: reports, and what a pipeline asks for.
 * Prints on stderr what is wrong. */
#ifndef CONFORMANCE_CLI_OUTCOME_H
#define CONFORMANCE_CLI_OUTCOME_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "reports/earlier.h"
#include "reports/gate.h"
#include "reports/result.h"
#include "reports/writer.h"

struct cli_outcome {
    const char *command; /* for complaints */
    char **reports;      /* FORM=PATH; strings borrowed from the command line */
    size_t report_count;
    struct gate gate;
    struct baseline baseline; /* of --baseline */
    struct earlier earlier;   /* of --compare */
    bool has_earlier;
    struct report_file **files; /* open ones */
    size_t file_count;
    bool on_stdout; /* a report goes there */
};

/* --report, --fail-on, --max-skipped, --require, --baseline, --compare: a child of the command's own options,
 * whose input is a struct cli_outcome. */
extern const struct argp cli_outcome_argp;

/* Opens the reports, before anything is done: the exit status of a failure, EXIT_STATUS_OK when there is
 * none. */
int cli_outcome_open(struct cli_outcome *outcome);
/* Writes the reports: the exit status of it all. */
int cli_outcome_tell(struct cli_outcome *outcome, const struct run_result *run);
void cli_outcome_fini(struct cli_outcome *outcome);

#endif
