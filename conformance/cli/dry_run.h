/* `imageproof run --dry-run`: what would be sent, told on stdout; no connection is made. */
#ifndef CONFORMANCE_CLI_DRY_RUN_H
#define CONFORMANCE_CLI_DRY_RUN_H

#include "conformance/cli/run_options.h"
#include "conformance/spec/spec.h"
#include "conformance/target/target.h"

/* The exit status; complains. */
int dry_run(const struct run_options *options, const struct spec_suite *suite, struct target *target);

#endif
