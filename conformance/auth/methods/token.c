/* Identity API v3, "Token authentication with scoped authorization": a token gives another one. */
#include "conformance/auth/method.h"

static bool can(const struct auth_settings *settings)
{
    return settings->values[AUTH_TOKEN];
}

static json_t *credential(const struct auth_settings *settings)
{
    return json_pack("{s:s}", "id", settings->values[AUTH_TOKEN]);
}

const struct auth_method auth_method_token = {
    .name = "token",
    .can = can,
    .wants = "token",
    .credential = credential,
};
