/* What an evaluation needs, in one archive: the certificate, the transcript, the results, the subject's
 * description without credentials, the accepted failures, the versions, and a statement to print. All but the
 * first two follow from them, to the byte. */
#ifndef REPORTS_PACKAGE_H
#define REPORTS_PACKAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "reports/result.h"
#include "reports/statement.h"

struct package {
    const char *certificate; /* the envelope, as text */
    const struct run_result *run;
    const struct statement_list *accepted;
};

bool package_write(const struct package *package, FILE *out, struct err *err);

/* The two parts of an archive from which all others follow: the certificate (owned), and the transcript as a
 * file of its own, without a name. False with `err` set. */
bool package_open(FILE *file, char **ret_certificate, FILE **ret_transcript, struct err *err);
/* Whether the archive is what package_write() makes, to the byte. False with `err` set when it is not. */
bool package_check(const struct package *package, FILE *file, struct err *err);

#endif
