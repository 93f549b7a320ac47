/* Where the ledger of a run is kept: see remains.h. */
#ifndef CONFORMANCE_CLI_LEDGER_FILE_H
#define CONFORMANCE_CLI_LEDGER_FILE_H

#include "conformance/cli/subject.h"
#include "conformance/remains.h"

/* `path` NULL: a file of the run's own where ledgers are kept. NULL after complaining. */
struct remains *ledger_file_create(const struct cli_subject *subject, const char *url, const char *run_id,
                                   const char *path);

#endif
