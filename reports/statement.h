/* What a certificate says of a run: an in-toto Statement (v1) with the predicate "test-result" (v0.1); what
 * that has no field for is in its member "imageproof". It is a function of the transcript alone, and of the
 * accepted failures. */
#ifndef REPORTS_STATEMENT_H
#define REPORTS_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "reports/result.h"

#define STATEMENT_TYPE "application/vnd.in-toto+json" /* of the payload of an envelope */

/* Failures below the level must that somebody has accepted, and why. */
struct statement_accepted {
    char *id; /* of the case */
    char *reason;
};

struct statement_list {
    struct statement_accepted *items;
    size_t count;
};

void statement_list_fini(struct statement_list *list);
/* Lines "CASE REASON"; empty ones, and those that begin with '#', say nothing. False with `err` set. */
bool statement_list_parse(const char *text, struct statement_list *ret_list, struct err *err);
/* As statement_list_parse() takes them: owned. */
char *statement_list_text(const struct statement_list *list);

/* Owned, on one line. False with `err` set (ERR_VALUE) when the run is not fit for a certificate: it was cut
 * off or interrupted, a case failed at the level must, a case could not be judged or was skipped, none was
 * judged; or when a failure was accepted that is none. */
bool statement_make(const struct run_result *run, const struct statement_list *accepted, char **ret_text,
                    struct err *err);
/* The accepted failures of a statement. False with `err` set when it is no such statement. */
bool statement_accepted(const char *text, struct statement_list *ret_list, struct err *err);

#endif
