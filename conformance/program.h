/* Programs that a target file names: run without a shell, with nothing to read, in a process group of their
 * own, so that a Ctrl-C on the terminal is not for them, and what they start ends with them. */
#ifndef CONFORMANCE_PROGRAM_H
#define CONFORMANCE_PROGRAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* Starts it: `words` are NULL-terminated and begin with the program, which without a slash is looked up in
 * PATH. Its standard output goes to `output`, its standard error to `error`, below 0: nowhere. 0, or an
 * errno. */
int program_start(char *const *words, int output, int error, pid_t *ret_pid);

/* Runs it to its end and wants status 0. Longer than `timeout_ms`, or until `stop` (may be NULL) comes true,
 * and its group is ended: SIGTERM, then SIGKILL. False with `err` set, ERR_CANCELLED when it was stopped; the
 * text tells what it ended with, and the end of what it said, as one line. What it leaves running after an
 * end of its own goes on. */
bool program_run(char *const *words, uint64_t timeout_ms, const atomic_bool *stop, struct err *err);

#endif
