/* What the programs tell the shell. DESIGN: "Verdicts"; 64 is EX_USAGE of sysexits.h, which is also
 * what argp exits with, so no program needs a word for wrong usage. */
#ifndef BASE_EXIT_STATUS_H
#define BASE_EXIT_STATUS_H

enum exit_status {
    EXIT_STATUS_OK = 0,
    EXIT_STATUS_FAILED = 1,     /* something judged failed */
    EXIT_STATUS_NOT_JUDGED = 2, /* the harness could not judge */
    EXIT_STATUS_USAGE = 64,
};

#endif
