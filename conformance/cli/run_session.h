/* A run as `imageproof run` makes it: the subject is started, what is made is in a ledger, what is found in a
 * log, and the reports are written. */
#ifndef CONFORMANCE_CLI_RUN_SESSION_H
#define CONFORMANCE_CLI_RUN_SESSION_H

#include "conformance/cli/resume.h"
#include "conformance/cli/run_options.h"
#include "conformance/spec/spec.h"
#include "conformance/target/target.h"

/* The exit status; complains. `resume`: the run that goes on, NULL for a new one. */
int run_session(struct run_options *options, struct spec_suite *suite, struct target *target,
                struct resume *resume);

#endif
