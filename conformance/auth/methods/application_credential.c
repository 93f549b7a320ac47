/* Identity API v3, "Authenticating with an Application Credential". */
#include "conformance/auth/method.h"

static bool has_user(const struct auth_settings *settings)
{
    return settings->values[AUTH_USERNAME] || settings->values[AUTH_USER_ID];
}

static bool can(const struct auth_settings *settings)
{
    char *const *values = settings->values;
    return values[AUTH_CREDENTIAL_SECRET] &&
           (values[AUTH_CREDENTIAL_ID] || (values[AUTH_CREDENTIAL_NAME] && has_user(settings)));
}

static json_t *credential(const struct auth_settings *settings)
{
    char *const *values = settings->values;
    json_t *credential = json_pack("{s:s}", "secret", values[AUTH_CREDENTIAL_SECRET]);
    if (values[AUTH_CREDENTIAL_ID]) {
        json_object_set_new(credential, "id", json_string(values[AUTH_CREDENTIAL_ID]));
    } else {
        json_object_set_new(credential, "name", json_string(values[AUTH_CREDENTIAL_NAME]));
        json_object_set_new(credential, "user",
                            auth_settings_named(settings, AUTH_USER_ID, AUTH_USERNAME, AUTH_USER_DOMAIN_ID,
                                                AUTH_USER_DOMAIN_NAME));
    }
    return credential;
}

const struct auth_method auth_method_application_credential = {
    .name = "application_credential",
    .can = can,
    .wants = "application_credential_secret, and application_credential_id (or its name and the user)",
    .is_scoped = true,
    .credential = credential,
};
