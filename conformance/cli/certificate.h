/* What certify and verify share. Prints on stderr what is wrong. */
#ifndef CONFORMANCE_CLI_CERTIFICATE_H
#define CONFORMANCE_CLI_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sign.h"
#include "conformance/cli/cli.h"
#include "reports/result.h"

struct cli_keys {
    struct sign_key **items;
    size_t count;
};

/* Reads one more key, with `read`. False after complaining. */
bool cli_keys_add(struct cli_keys *keys, const char *command, const char *path,
                  struct sign_key *(*read)(const char *path, struct err *err));
void cli_keys_fini(struct cli_keys *keys);

/* Judges the run again with the suite of `paths`: the exit status; complains of each case that differs. */
int cli_rejudge(const char *command, const struct cli_paths *paths, const struct run_result *run);

/* A whole file as text: owned; NULL after complaining. */
char *cli_read_text(const char *command, const char *path);

#endif
