#include "conformance/auth/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/auth/secret.h"

#define SETTING(symbol, key, variable, secret) [AUTH_##symbol] = key,
const char *const auth_setting_keys[AUTH_SETTING_COUNT + 1] = {
#include "conformance/auth/settings.def"
};
#undef SETTING

#define SETTING(symbol, key, variable, secret) [AUTH_##symbol] = variable,
static const char *const variables[] = {
#include "conformance/auth/settings.def"
};
#undef SETTING

#define SETTING(symbol, key, variable, secret) [AUTH_##symbol] = secret,
static const bool secrets[] = {
#include "conformance/auth/settings.def"
};
#undef SETTING

bool auth_setting_is_secret(enum auth_setting setting)
{
    return secrets[setting];
}

static void forget(char *value)
{
    if (value)
        explicit_bzero(value, strlen(value));
    free(value);
}

static void set(struct auth_settings *settings, size_t i, const char *value)
{
    forget(settings->values[i]);
    settings->values[i] = value && *value ? mem_dup(value) : NULL;
}

bool auth_settings_set(struct auth_settings *settings, const char *key, const char *value)
{
    for (size_t i = 0; i < AUTH_SETTING_COUNT; i++) {
        if (strcmp(auth_setting_keys[i], key) == 0) {
            set(settings, i, value);
            return true;
        }
    }
    return false;
}

static void take_variable(struct auth_settings *settings, size_t i)
{
    char *secret = secrets[i] ? secret_take_variable(variables[i]) : NULL;
    set(settings, i, secrets[i] ? secret : getenv(variables[i]));
    forget(secret);
}

void auth_settings_from_environment(struct auth_settings *settings)
{
    for (size_t i = 0; i < AUTH_SETTING_COUNT; i++)
        take_variable(settings, i);
}

void auth_settings_fini(struct auth_settings *settings)
{
    for (size_t i = 0; i < AUTH_SETTING_COUNT; i++)
        forget(settings->values[i]);
    *settings = (struct auth_settings){0};
}

/* The Identity API takes a name only within a domain; the one that every installation has is "default". */
static json_t *domain_of(const char *id, const char *name)
{
    if (!id && name)
        return json_pack("{s:s}", "name", name);
    return json_pack("{s:s}", "id", id ? id : "default");
}

json_t *auth_settings_named(const struct auth_settings *settings, enum auth_setting id,
                            enum auth_setting name, enum auth_setting domain_id,
                            enum auth_setting domain_name)
{
    char *const *values = settings->values;
    if (values[id])
        return json_pack("{s:s}", "id", values[id]);
    return json_pack("{s:s, s:o}", "name", values[name], "domain",
                     domain_of(values[domain_id], values[domain_name]));
}
