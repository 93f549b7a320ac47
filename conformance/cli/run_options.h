/* The options of `imageproof run`. */
#ifndef CONFORMANCE_CLI_RUN_OPTIONS_H
#define CONFORMANCE_CLI_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "conformance/cli/cli.h"
#include "conformance/cli/outcome.h"
#include "conformance/cli/selection.h"
#include "conformance/cli/subject.h"

struct run_options {
    struct cli_subject subject;
    struct cli_selection selection;
    struct cli_paths paths;
    struct cli_outcome outcome;
    struct cli_words mock_args;
    const char *log;    /* NULL: none that stays */
    const char *ledger; /* NULL: where ledgers are kept */
    const char *resume; /* the log of a run that was cut off; NULL: a new run */
    uint64_t settle_ms; /* how old the ledger of a run that is resumed must be */
    uint64_t jobs;      /* 0: not said */
    uint64_t rate;      /* requests a second; 0: not said */
    uint64_t lost_retries;
    bool quiet;
    bool dry;          /* nothing is sent, what would be is told */
    bool dry_json;     /* as JSON, a line for each request */
    bool preflight;    /* also of the bundled mock */
    bool no_preflight; /* not even of a deployment */
};

/* Wrong usage leaves the process. run_options_fini in any case. */
void run_options_parse(struct run_options *options, int argc, char **argv);
void run_options_fini(struct run_options *options);
/* How many cases run side by side. */
unsigned run_options_jobs(const struct run_options *options);

#endif
