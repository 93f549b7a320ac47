/* One command of the program: conformance/commands/<name>.c defines `const struct command command_<name>`,
 * commands.def has its line. */
#ifndef CONFORMANCE_COMMAND_H
#define CONFORMANCE_COMMAND_H

struct command {
    const char *name;
    const char *summary;               /* for --help */
    int (*run)(int argc, char **argv); /* argv[0] is "imageproof NAME"; the exit status */
};

#endif
