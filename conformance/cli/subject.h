/* SUBJECT, as commands take it: a URL, a target file, a cloud, or the bundled mock when none is named. */
#ifndef CONFORMANCE_CLI_SUBJECT_H
#define CONFORMANCE_CLI_SUBJECT_H

#include <argp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "conformance/cli/cli.h"
#include "conformance/target/target.h"

struct cli_subject {
    const char *command; /* for messages; the caller's, before parsing */
    const char *subject; /* NULL: none named */
    const char *cloud;   /* --os-cloud */
    const char *url;     /* --url */
    char *token;         /* owned; of --token, or the environment */
    uint64_t timeout_ms; /* 0: as the target says */
};

/* For a child of the command's argp, its input a struct cli_subject. Takes the argument SUBJECT unless the
 * command's own parser does. */
extern const struct argp cli_subject_argp;

void cli_subject_fini(struct cli_subject *subject);
bool cli_subject_is_bundled(const struct cli_subject *subject);
/* Owned; NULL after complaining. Nothing has been sent yet. */
struct target *cli_subject_target(const struct cli_subject *subject);
/* Connects to the target, or starts its program, with the further arguments and, if it is the bundled mock,
 * with the edition that it is judged by. *ret_process is NULL when it was running already. False after
 * complaining. `stop` is borrowed. */
bool cli_subject_start(const struct cli_subject *subject, struct target *target,
                       const struct cli_words *arguments, char *edition, const atomic_bool *stop,
                       struct target_process **ret_process);

#endif
