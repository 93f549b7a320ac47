/* The command line of imageproof-mock. */
#ifndef MOCK_OPTIONS_H
#define MOCK_OPTIONS_H

#include <stdbool.h>

#include "mock/mock.h"

struct options {
    struct mock_options mock;
    const char *listen;
    bool list_faults;
    bool json;
    bool exit_with_parent;
    char *store_names; /* owned; mock.stores point into it */
};

/* Leaves the process with EXIT_STATUS_USAGE on wrong usage, with 0 after --help and --version. */
void options_parse(struct options *options, int argc, char **argv);
void options_fini(struct options *options);

#endif
