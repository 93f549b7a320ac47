/* Which call answers a method and a path (routes.def). */
#ifndef MOCK_ROUTER_H
#define MOCK_ROUTER_H

#include "base/buf.h"
#include "mock/target.h"

enum route {
#define ROUTE(name, method, path) ROUTE_##name,
#include "mock/routes.def"
#undef ROUTE
    ROUTE_COUNT
};

const char *route_method(enum route route);
const char *route_path(enum route route);

enum router_result {
    ROUTER_FOUND,
    ROUTER_NO_PATH,
    ROUTER_NO_METHOD, /* *allow has the methods that the path knows: "GET, PUT" */
};

#define ROUTER_PARAMETERS_MAX 2

/* A last {parameter*} stands for one segment or more; all of them are in the target.
 * `ret_parameters`: the (first) segments that stand for the path's {parameters}, NULL where it has none. */
enum router_result router_find(const struct target *target, const char *method, enum route *ret_route,
                               const char *ret_parameters[static ROUTER_PARAMETERS_MAX], struct buf *allow);

#endif
