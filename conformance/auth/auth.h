/* An identity that gets its tokens from Keystone: Identity API v3.
 *
 * A token is issued when it is first asked for, kept, and issued anew before it runs out; how long it lives
 * is taken from the difference of its own two times, so that the clocks of two machines need not agree. May
 * be used by several threads at once: one of them asks, the others wait. */
#ifndef CONFORMANCE_AUTH_AUTH_H
#define CONFORMANCE_AUTH_AUTH_H

#include <stdbool.h>

#include "base/err.h"
#include "conformance/auth/issued.h"
#include "conformance/auth/settings.h"
#include "conformance/subject.h"

struct auth;

/* Moves the settings in. `name` is a method's; NULL: the first for which enough is said. NULL with `err` set
 * when too little is said; the settings are then still the caller's. */
struct auth *auth_new(struct auth_settings *settings, const char *name, struct err *err);
void auth_free(struct auth *auth); /* accepts NULL */

/* How requests to Keystone are made; before the first of them. The default has usual time-outs. */
void auth_use_options(struct auth *auth, const struct subject_options *options);

/* A token that is good as far as is known: owned. NULL with `err` set, in which no secret is. */
char *auth_token(struct auth *auth, struct err *err);
/* A service has refused that token: unless it has been replaced meanwhile, the next one is issued anew. True
 * when its life is over by now, or it has been replaced: the service need not mind the next one. */
bool auth_token_refused(struct auth *auth, const char *token);
/* Id of the token's project: owned. NULL with `err` set; NULL without, when it has none. */
char *auth_project(struct auth *auth, struct err *err);

/* Names of the token's roles, with commas: owned. NULL with `err` set; NULL without, when it has none. */
char *auth_roles(struct auth *auth, struct err *err);

/* The address of a service from the catalog of the token: owned. NULL with `err` set, telling which there
 * are. */
char *auth_endpoint(struct auth *auth, const struct auth_service *service, struct err *err);

/* Calls `visit` for each text that must not be seen: what the identity is told by, and each token so far. */
void auth_secrets(struct auth *auth, void (*visit)(void *context, const char *secret), void *context);

#endif
