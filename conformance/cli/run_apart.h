/* `imageproof run` as a process of its own, for who wants two runs. */
#ifndef CONFORMANCE_CLI_RUN_APART_H
#define CONFORMANCE_CLI_RUN_APART_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

/* Runs this program with the arguments (NULL-terminated, without its name) and waits for its end. Once *stop
 * is set it is asked to end, and cleans up. False with `err` set when it could not be started, or did not end
 * by itself; what it complained of is on stderr. */
bool run_apart(char *const *arguments, const atomic_bool *stop, int *ret_status, struct err *err);

#endif
