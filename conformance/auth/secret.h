/* Secrets of this process. */
#ifndef CONFORMANCE_AUTH_SECRET_H
#define CONFORMANCE_AUTH_SECRET_H

#include <stdbool.h>

#include "base/err.h"

#define SECRET_MAX_BYTES 65536

/* The first line of a file: owned. NULL with `err` set when it cannot be read, or is empty. */
char *secret_read(const char *path, struct err *err);
/* The value of a variable: owned. NULL with `err` set when it has none. As secret_take_variable(). */
char *secret_of_environment(const char *variable, struct err *err);
/* The same, NULL when it has none. The value is blotted out where others see it, in the environment that the
 * process was started with; getenv(), and programs that this one starts, find it as before. Before there are
 * threads. */
char *secret_take_variable(const char *variable);
/* From now on the process leaves no core, whoever would take it: it would have the secrets in it. */
void secret_forbid_core(void);
/* A copy of an argument, which is then blotted out where others see it: in the list of processes. */
char *secret_take_argument(char *argument);

#endif
