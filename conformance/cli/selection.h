/* Which cases a command is about: --api, --only, --tag, --edition and --shard, as several commands take them.
 */
#ifndef CONFORMANCE_CLI_SELECTION_H
#define CONFORMANCE_CLI_SELECTION_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conformance/cli/cli.h"
#include "conformance/target/target.h"

struct cli_selection {
    struct cli_words apis;
    struct cli_words only;
    struct cli_words tags;
    char *edition;  /* NULL: the default of each API */
    uint64_t shard; /* from 1; 0: all */
    uint64_t shards;
};

/* For a child of the command's argp, its input a struct cli_selection. */
extern const struct argp cli_selection_argp;

void cli_selection_fini(struct cli_selection *selection);
/* Whether it leaves anything out; the edition does not count. */
bool cli_selection_is_said(const struct cli_selection *selection);
/* In the order of the suite: an owned array of borrowed cases. */
const struct spec_case **cli_selection_cases(const struct cli_selection *selection,
                                             const struct spec_suite *suite, size_t *ret_count);
/* Complains when not. Which there are is known once the suite is loaded, before anything is sent. */
bool cli_selection_knows_edition(const struct cli_selection *selection, const char *command,
                                 const struct spec_suite *suite);
/* A target that says of no API that it offers it, as an address cannot, offers what --api names. */
void cli_selection_claim(const struct cli_selection *selection, struct target *target);

#endif
