/* A user and a password, as HTTP's scheme Basic sends them (RFC 7617), of an identity in a target file:
 *
 *     owner: {basic: {user: gns3, password: {environment: GNS3_PASSWORD}}}
 *
 * The password stands there, or where `environment` or `file` says: then it is asked for when it is needed,
 * so that a file can be checked where there is none. */
#ifndef CONFORMANCE_BASIC_LOGIN_H
#define CONFORMANCE_BASIC_LOGIN_H

#include <stdbool.h>

#include "base/err.h"

#define BASIC_PASSWORD_MAX_BYTES 4096

struct basic_login {
    char *user;
    char *password;    /* NULL until it is known */
    char *environment; /* variable that has the password; NULL: none */
    char *file;        /* file whose first line is the password; NULL: none */
};

void basic_login_free(struct basic_login *login); /* accepts NULL */
/* Whether that can be a user: it has no colon, which ends it. */
bool basic_login_takes(const char *user);
/* Asks for the password where it does not stand in the target file. */
bool basic_login_unlock(struct basic_login *login, struct err *err);
/* What the header Authorization has behind "Basic ": owned. The password is known. */
char *basic_login_text(const struct basic_login *login);

#endif
