/* From what went over the wire to what reports may show: the one place where credentials are taken out. */
#ifndef CONFORMANCE_CASE_EVIDENCE_H
#define CONFORMANCE_CASE_EVIDENCE_H

#include "conformance/case/request.h"
#include "conformance/subject.h"
#include "reports/result.h"

/* Texts that must not be seen anywhere. */
struct secrets {
    char **texts;
    size_t count;
};

/* A text too short to be a secret is left alone: it would be found everywhere. */
void secrets_add(struct secrets *secrets, const char *text);
/* What an identity authenticates with, and its tokens so far; NULL: nothing. */
void secrets_add_auth(struct secrets *secrets, struct auth *auth);
void secrets_fini(struct secrets *secrets);

/* Copies: `exchange` and `request` stay the caller's. */
void evidence_take(const struct subject_exchange *exchange, const struct request *request,
                   const char *purpose, const struct secrets *secrets, struct result_exchange *ret_result);
/* Whether the value of a header of that name is a credential, whoever made it up. */
bool evidence_is_secret_header(const char *name);
/* A text with the secrets taken out: owned. */
char *evidence_redact(const char *text, const struct secrets *secrets);

#endif
