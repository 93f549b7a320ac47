/* From a method and a path to a call. The registry is routes.def. */
#ifndef MOCK_ROUTE_H
#define MOCK_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#define ROUTE_PARAM_MAX_BYTES 256

struct call;

/* What stands in the path in place of {parameter}; no path has more than one. */
struct route_params {
    char name[32];
    char value[ROUTE_PARAM_MAX_BYTES];
};

enum route_verdict {
    ROUTE_FOUND,
    ROUTE_NO_SUCH_PATH,
    ROUTE_NO_SUCH_METHOD, /* `allow` tells which there are */
};

#define ROUTE_ALLOW_SIZE 64

/* Methods beside `path`, ", " between them, go to allow when the verdict is ROUTE_NO_SUCH_METHOD. */
enum route_verdict route_find(const char *method, const char *path, const struct call **ret_call,
                              struct route_params *ret_params, char allow[static ROUTE_ALLOW_SIZE]);

#endif
