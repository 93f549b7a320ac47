/* What an identity is told by. The keys are those of `auth` in clouds.yaml, from wherever they come: a target
 * file, clouds.yaml, or OS_ variables. */
#ifndef CONFORMANCE_AUTH_SETTINGS_H
#define CONFORMANCE_AUTH_SETTINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define SETTING(symbol, key, variable, secret) AUTH_##symbol,
enum auth_setting {
#include "conformance/auth/settings.def"
    AUTH_SETTING_COUNT,
};
#undef SETTING

struct auth_settings {
    char *values[AUTH_SETTING_COUNT]; /* owned; NULL: not said */
};

/* NULL-terminated, in the order of the enum. */
extern const char *const auth_setting_keys[AUTH_SETTING_COUNT + 1];
bool auth_setting_is_secret(enum auth_setting setting);

/* False when there is no such key. An empty value is as good as none. */
bool auth_settings_set(struct auth_settings *settings, const char *key, const char *value);
/* Those of the environment that are not empty. */
void auth_settings_from_environment(struct auth_settings *settings);
/* Secrets are overwritten first. */
void auth_settings_fini(struct auth_settings *settings);

/* How the Identity API is told of a user or a project: by its id, or by its name within a domain ("default"
 * where none is said). New reference. */
json_t *auth_settings_named(const struct auth_settings *settings, enum auth_setting id,
                            enum auth_setting name, enum auth_setting domain_id,
                            enum auth_setting domain_name);

#endif
