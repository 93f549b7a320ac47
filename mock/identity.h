/* Who asks. A token is `user:project:role[,role]`, with `/` for `:` as well and percent-encoded or not,
 * since python-glanceclient encodes every `:` (../shared/truth: "Real clients"). */
#ifndef MOCK_IDENTITY_H
#define MOCK_IDENTITY_H

#include <stdbool.h>

#define IDENTITY_TOKEN_MAX_BYTES 512

struct identity {
    char user[IDENTITY_TOKEN_MAX_BYTES];
    char project[IDENTITY_TOKEN_MAX_BYTES]; /* "" for the project `none` */
    bool admin;
    bool member; /* may write what its project owns */
};

/* False when `token` is NULL or no token. */
bool identity_parse(const char *token, struct identity *ret_identity);
/* Somebody who may everything. */
void identity_of_anybody(struct identity *identity);

#endif
