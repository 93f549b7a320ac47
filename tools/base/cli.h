/* The commands of the program `imageproof`, and what all programs share. Prints on stderr.
 *
 * A command is a file in a commands/ folder that defines `const struct command command_<name>`, and its line
 * in the folder's commands.def. */
#ifndef BASE_CLI_H
#define BASE_CLI_H

#include <argp.h>

#include "base/err.h"

struct command {
    const char *name;
    const char *summary;               /* for --help */
    int (*run)(int argc, char **argv); /* argv[0] is "imageproof NAME"; the exit status */
};

/* First of all in main(), with the name of the program. What could not be written to standard output is
 * complained of when the program exits, with EXIT_STATUS_NOT_JUDGED whatever else it would have been.
 * Standard files that are closed are taken, so that no file that is opened later is mistaken for one of them.
 */
void cli_begin(const char *program);

/* As argp_parse(); wrong usage leaves the process with EXIT_STATUS_USAGE. */
void cli_parse(const struct argp *argp, int argc, char **argv, void *input);
/* "imageproof run: TEXT" on stderr. */
void cli_complain(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with the error and its place. */
void cli_complain_err(const char *command, const struct err *err);

#endif
