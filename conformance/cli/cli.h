/* What the judge's commands share: where the suite is, how it is loaded and complained of. Prints on stderr.
 */
#ifndef CONFORMANCE_CLI_CLI_H
#define CONFORMANCE_CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/cli.h"
#include "conformance/ledger/excuses.h"
#include "conformance/spec/problems.h"
#include "conformance/spec/spec.h"

struct cli_words {
    char **items; /* borrowed from the command line */
    size_t count;
};

void cli_words_add(struct cli_words *words, char *word);

/* FILE...: a child of a command's own options, whose input is a struct cli_words. At least one has to be
 * there. */
extern const struct argp cli_files_argp;

/* The folders of the suite, unless --specs and --fixtures say otherwise: IMAGEPROOF_DATA, the source tree
 * that the program was built from, or where it was installed. */
struct cli_paths {
    const char *specs;    /* NULL: not said */
    const char *fixtures; /* NULL: not said */
};

/* Owned. */
char *cli_specs(const struct cli_paths *paths);
char *cli_fixtures(const struct cli_paths *paths);
char *cli_targets(void);                            /* the folder of bundled targets */
char *cli_reference(const struct cli_paths *paths); /* the folder of what the suite says of its reference */

/* The suite; NULL after printing every problem, one a line. */
struct spec_suite *cli_load_suite(const struct cli_paths *paths);
/* The exceptions of the ledger; false after printing every problem. */
bool cli_load_excuses(const struct cli_paths *paths, struct excuses *ret_excuses);
void cli_print_problems(const struct problems *problems);

/* --specs and --fixtures: a child of a command's own options, whose input is a struct cli_paths. */
extern const struct argp cli_paths_argp;

/* The options of a command that shows the suite, and takes no arguments. */
struct cli_listing {
    bool json;
    struct cli_paths paths;
};
/* --json and those of cli_paths_argp: the options of a command, or a child of its own, whose input is a
 * struct cli_listing. */
extern const struct argp cli_listing_argp;

/* Indented, for people too; releases it. */
void cli_put_json(json_t *document, FILE *out);

#endif
