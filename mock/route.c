#include "mock/route.h"

#include <stdio.h>
#include <string.h>

#include "mock/call.h"

#define ROUTE(name, method, path) extern const struct call call_##name;
#include "mock/routes.def"
#undef ROUTE

static const struct route {
    const char *method;
    const char *path;
    const struct call *call;
} routes[] = {
#define ROUTE(name, method, path) {method, path, &call_##name},
#include "mock/routes.def"
#undef ROUTE
};

/* Takes one segment, without its slashes, off `*rest`. */
static size_t segment(const char **rest, const char **ret_start)
{
    *ret_start = *rest + 1;
    size_t length = strcspn(*ret_start, "/");
    *rest = *ret_start + length;
    return length;
}

static bool take_param(const char *name, size_t name_bytes, const char *value, size_t value_bytes,
                       struct route_params *params)
{
    if (value_bytes == 0 || value_bytes >= sizeof params->value || name_bytes >= sizeof params->name)
        return false;
    memcpy(params->name, name, name_bytes);
    params->name[name_bytes] = '\0';
    memcpy(params->value, value, value_bytes);
    params->value[value_bytes] = '\0';
    return true;
}

static bool matches(const char *pattern, const char *path, struct route_params *params)
{
    while (*pattern && *path == '/') {
        const char *want;
        const char *have;
        size_t want_bytes = segment(&pattern, &want);
        size_t have_bytes = segment(&path, &have);
        if (want_bytes > 2 && want[0] == '{') {
            if (!take_param(want + 1, want_bytes - 2, have, have_bytes, params))
                return false;
        } else if (want_bytes != have_bytes || memcmp(want, have, want_bytes) != 0) {
            return false;
        }
    }
    return !*pattern && !*path;
}

static void allow_also(char *allow, const char *method)
{
    size_t length = strlen(allow);
    snprintf(allow + length, ROUTE_ALLOW_SIZE - length, "%s%s", *allow ? ", " : "", method);
}

enum route_verdict route_find(const char *method, const char *path, const struct call **ret_call,
                              struct route_params *ret_params, char allow[static ROUTE_ALLOW_SIZE])
{
    struct route_params params = {0};
    allow[0] = '\0';
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        const struct route *route = &routes[i];
        if (!matches(route->path, path, &params))
            continue;
        if (strcmp(route->method, method) == 0 || strcmp(route->method, "*") == 0) {
            *ret_call = route->call;
            *ret_params = params;
            return ROUTE_FOUND;
        }
        allow_also(allow, route->method);
    }
    return *allow ? ROUTE_NO_SUCH_METHOD : ROUTE_NO_SUCH_PATH;
}
