#include <string.h>

#include "conformance/spec/internal.h"

bool call_next_param(const char **at, const char **ret_name, size_t *ret_length)
{
    const char *brace = strchr(*at, '{');
    if (!brace)
        return false;
    *ret_name = brace + 1;
    *ret_length = strcspn(brace + 1, "}");
    *at = brace + 1 + *ret_length;
    return true;
}

bool call_has_param(const struct spec_call *call, const char *name)
{
    const char *at = call->path;
    const char *param;
    size_t length;
    while (call_next_param(&at, &param, &length)) {
        if (strlen(name) == length && strncmp(name, param, length) == 0)
            return true;
    }
    return false;
}
