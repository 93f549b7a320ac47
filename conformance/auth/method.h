/* One way to prove to Keystone who one is: Identity API v3, "Authentication and token management". */
#ifndef CONFORMANCE_AUTH_METHOD_H
#define CONFORMANCE_AUTH_METHOD_H

#include <jansson.h>
#include <stdbool.h>

#include "conformance/auth/settings.h"

struct auth_method {
    const char *name; /* as the Identity API calls it */
    /* Whether so much is said that this method can be used. */
    bool (*can)(const struct auth_settings *settings);
    const char *wants; /* for a message: what must be said */
    bool is_scoped;    /* the credential is of one project already, so that no scope may be asked for */
    /* The member of "identity" that has the method's name: new reference. */
    json_t *(*credential)(const struct auth_settings *settings);
};

/* NULL when there is none of that name. */
const struct auth_method *auth_method_find(const char *name);
/* The first that can be used with what is said; NULL when none can. */
const struct auth_method *auth_method_guess(const struct auth_settings *settings);

#endif
