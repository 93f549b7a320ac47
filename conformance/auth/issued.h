/* A token as Keystone answers that it has issued it: Identity API v3, "Password authentication with scoped
 * authorization", response. Whatever else comes is refused, and nothing of it is repeated: it may have in it
 * what was sent. */
#ifndef CONFORMANCE_AUTH_ISSUED_H
#define CONFORMANCE_AUTH_ISSUED_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "conformance/match/match.h"

struct issued {
    char *token;
    uint64_t life_s; /* from when it was issued; an hour when the answer does not say */
    json_t *body;    /* "token" of the answer */
};

/* A service as the catalog lists it. */
struct auth_service {
    char *type;      /* "image" */
    char *region;    /* NULL: any */
    char *interface; /* "public", "internal", "admin"; NULL: public */
};

/* False with `err` set; `from` is who answered. */
bool issued_read(struct answer *answer, const char *from, struct issued *ret_issued, struct err *err);
void issued_fini(struct issued *issued); /* overwrites the token */

/* Id of the token's project: borrowed; NULL when it has none. */
const char *issued_project(const struct issued *issued);
/* Names of the token's roles, with commas: owned; NULL when it has none. */
char *issued_roles(const struct issued *issued);
/* The service's address from the catalog, without the version of its API at the end: owned. NULL with `err`
 * set, telling which there are. */
char *issued_endpoint(const struct issued *issued, const struct auth_service *service, struct err *err);

#endif
