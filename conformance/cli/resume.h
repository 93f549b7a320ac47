/* `imageproof run --resume LOG`: a run that was cut off, as its log and its ledger tell it. What it left is
 * removed first; what it had judged stands, but for what it could not judge; the rest is run as if it had
 * never ended. */
#ifndef CONFORMANCE_CLI_RESUME_H
#define CONFORMANCE_CLI_RESUME_H

#include "conformance/cli/run_options.h"
#include "conformance/remains.h"
#include "conformance/spec/spec.h"
#include "conformance/target/target.h"
#include "reports/result.h"

struct resume {
    const char *path;        /* of the log */
    struct run_result run;   /* as the log has it */
    struct remains *remains; /* its ledger; NULL when it had none, or has none any more */
    size_t shard;            /* the part of the cases that it is of, from 1; 0: all */
    size_t shard_count;
};

/* Reads the log and the ledger, from which the subject is taken unless the user names one. False after
 * complaining; resume_fini in any case. */
bool resume_open(struct resume *resume, struct run_options *options);
void resume_fini(struct resume *resume);

/* A target that says of no API that it offers it, as an address cannot, offers what it did in that run. */
void resume_claim(const struct resume *resume, struct target *target);
/* The cases of that run: an owned array. NULL after complaining: it is of another suite, judge, edition or
 * selection. An edition that is not said is that of the run. */
const struct spec_case **resume_cases(const struct resume *resume, struct run_options *options,
                                      const struct spec_suite *suite, size_t *ret_count);
/* Whether the target, which is connected, is what was judged in that run; `moves`: its address is another one
 * each time. Complains when not. */
bool resume_fits(const struct resume *resume, const struct target *target, bool moves);
/* Removes what the ledger names. False after complaining of what is left. */
bool resume_clean(struct resume *resume, const struct target *target);
/* The log, to be written on; which of its cases have a result that stands is told by run_log_has(). NULL
 * after complaining. *run then tells when it began and was resumed, and how long it took before. */
struct run_log *resume_log(struct resume *resume, struct run_result *run);

#endif
