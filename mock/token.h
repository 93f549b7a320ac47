/* Who sends a request: X-Auth-Token is `user:project:role[,role]`, with `/` for `:` where a client
 * percent-encodes, and percent-encoded where it does so all the same. */
#ifndef MOCK_TOKEN_H
#define MOCK_TOKEN_H

#include <stdbool.h>

#define IDENTITY_NAME_SIZE 256

struct identity {
    char user[IDENTITY_NAME_SIZE];
    char project[IDENTITY_NAME_SIZE]; /* "" for none */
    bool admin;
    bool member; /* may write in its project; so may an administrator */
};

/* False, and *ret_identity as it was, when the token is no such text. */
bool token_parse(const char *token, struct identity *ret_identity);

#endif
