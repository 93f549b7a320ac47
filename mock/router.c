#include "mock/router.h"

#include <string.h>

static const struct {
    const char *method;
    const char *path;
} routes[] = {
#define ROUTE(name, method, path) {method, path},
#include "mock/routes.def"
#undef ROUTE
};

/* A last one that stands for several segments may begin with an empty one. */
static bool is_rest(const char *pattern, size_t length)
{
    return length > 2 && pattern[length - 1] == '}' && pattern[length - 2] == '*' && !pattern[length];
}

const char *route_method(enum route route)
{
    return routes[route].method;
}

const char *route_path(enum route route)
{
    return routes[route].path;
}

static bool segment_matches(const char *pattern, size_t length, const char *segment)
{
    if (length && *pattern == '{')
        return *segment != '\0';
    return strlen(segment) == length && memcmp(pattern, segment, length) == 0;
}

static bool path_matches(const char *pattern, const struct target *target,
                         const char *ret_parameters[static ROUTER_PARAMETERS_MAX])
{
    size_t i = 0;
    size_t parameter_count = 0;
    memset(ret_parameters, 0, ROUTER_PARAMETERS_MAX * sizeof *ret_parameters);
    for (; *pattern == '/'; i++) {
        size_t length = strcspn(++pattern, "/");
        bool several = is_rest(pattern, length) && i + 1 < target->segment_count;
        if (i == target->segment_count ||
            (!several && !segment_matches(pattern, length, target->segments[i])))
            return false;
        if (*pattern == '{')
            ret_parameters[parameter_count++] = target->segments[i];
        if (is_rest(pattern, length))
            return true;
        pattern += length;
    }
    return i == target->segment_count;
}

enum router_result router_find(const struct target *target, const char *method, enum route *ret_route,
                               const char *ret_parameters[static ROUTER_PARAMETERS_MAX], struct buf *allow)
{
    enum router_result result = ROUTER_NO_PATH;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!path_matches(routes[i].path, target, ret_parameters))
            continue;
        if (strcmp(routes[i].method, method) == 0 || strcmp(routes[i].method, "*") == 0) {
            *ret_route = (enum route)i;
            return ROUTER_FOUND;
        }
        buf_printf(allow, "%s%s", allow->length ? ", " : "", routes[i].method);
        result = ROUTER_NO_METHOD;
    }
    return result;
}
