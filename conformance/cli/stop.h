/* Ctrl-C and SIGTERM: the first asks a run to stop and clean up, the second ends the program at once. */
#ifndef CONFORMANCE_CLI_STOP_H
#define CONFORMANCE_CLI_STOP_H

#include <stdatomic.h>

/* From now on; the flag that the first signal sets. */
atomic_bool *stop_on_signals(void);

#endif
