/* A baseline as a file:
 *
 *     baseline: Glance 25.1
 *     cases:
 *       - {case: ID, reason: TEXT}
 *       - {case: ID, reason: TEXT, expires: 2027-01-31} */
#ifndef CONFORMANCE_CLI_BASELINE_FILE_H
#define CONFORMANCE_CLI_BASELINE_FILE_H

#include <stdio.h>

#include "conformance/spec/problems.h"
#include "reports/baseline.h"

/* False after complaining in `problems`. Owned: baseline_fini. */
bool baseline_file_load(const char *path, struct baseline *ret_baseline, struct problems *problems);
/* The file of a baseline, for review. */
void baseline_file_write(const struct baseline *baseline, const char *subject, FILE *out);

#endif
