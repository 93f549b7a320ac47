/* Where the ledger of a run is kept, and the log that stays beside it until the run ends well: see remains.h
 * and run_log.h. */
#ifndef CONFORMANCE_CLI_LEDGER_FILE_H
#define CONFORMANCE_CLI_LEDGER_FILE_H

#include "conformance/cli/subject.h"
#include "conformance/remains.h"

#define LEDGER_SETTLE_MS 2000

/* `path` NULL: a file of the run's own where ledgers are kept. NULL after complaining. */
struct remains *ledger_file_create(const struct cli_subject *subject, const char *url, const char *run_id,
                                   const char *path);
/* The subject of the run, unless another one is named; borrowed from the ledger. */
void ledger_file_subject(const struct remains *remains, struct cli_subject *subject);
/* A request that was on its way when the run was killed may still be arriving: so long after the last line of
 * the ledger, it has. Waits for that. */
void ledger_file_settle(const char *path, uint64_t settle_ms);

/* The log beside a ledger: owned. */
char *ledger_file_log(const struct remains *remains);
/* Whether that is the log of that run where logs stand beside ledgers, unless the user says otherwise. */
bool ledger_file_is_usual_log(const char *path, const char *run_id);
/* The ledger of a run that is only known by its log, beside it or where ledgers are kept: owned; NULL when it
 * is in neither place. */
char *ledger_file_of_log(const char *log, const char *run_id);

#endif
