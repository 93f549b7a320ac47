/* The command line of imageproof-mock. */
#ifndef MOCK_OPTIONS_H
#define MOCK_OPTIONS_H

#include <stdbool.h>

#include "mock/mock.h"
#include "mock/socket.h"

struct options {
    struct listen_address listen;
    unsigned thread_count;
    bool exit_with_parent;
    bool list_faults;
    bool list_calls;
    bool json; /* for the lists */
};

/* Reads the arguments into `options` and into the mock, which has been initialised and not started.
 * Wrong usage ends the process with EXIT_STATUS_USAGE; --help and --version end it too. */
void options_take(int argc, char **argv, struct options *options, struct mock *mock);

#endif
