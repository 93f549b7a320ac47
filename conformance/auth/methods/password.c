/* Identity API v3, "Password authentication with scoped authorization". */
#include "conformance/auth/method.h"

static bool can(const struct auth_settings *settings)
{
    char *const *values = settings->values;
    return (values[AUTH_USERNAME] || values[AUTH_USER_ID]) && values[AUTH_PASSWORD] &&
           (values[AUTH_PROJECT_NAME] || values[AUTH_PROJECT_ID]);
}

static json_t *credential(const struct auth_settings *settings)
{
    json_t *user = auth_settings_named(settings, AUTH_USER_ID, AUTH_USERNAME, AUTH_USER_DOMAIN_ID,
                                       AUTH_USER_DOMAIN_NAME);
    json_object_set_new(user, "password", json_string(settings->values[AUTH_PASSWORD]));
    return json_pack("{s:o}", "user", user);
}

const struct auth_method auth_method_password = {
    .name = "password",
    .can = can,
    .wants = "username or user_id, password, and project_name or project_id",
    .credential = credential,
};
