/* A user and a password, as HTTP's scheme Basic sends them (RFC 7617). */
#ifndef CONFORMANCE_AUTH_BASIC_LOGIN_H
#define CONFORMANCE_AUTH_BASIC_LOGIN_H

#include <stdbool.h>

struct basic_login {
    char *user;
    char *password;
};

void basic_login_free(struct basic_login *login); /* accepts NULL */
/* Whether that can be a user: it has no colon, which ends it. */
bool basic_login_takes(const char *user);
/* What the header Authorization has behind "Basic ": owned. */
char *basic_login_text(const struct basic_login *login);

#endif
