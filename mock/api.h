/* The APIs that this server can serve (apis.def), and sets of them. */
#ifndef MOCK_API_H
#define MOCK_API_H

#include <stdbool.h>

#include "base/err.h"
#include "mock/target.h"

enum api {
#define API(name, word, prefix, text) API_##name,
#include "mock/apis.def"
#undef API
    API_COUNT
};

#define APIS_ALL ((1U << API_COUNT) - 1)

/* "images-v1,images-v2"; a bit for each of them. */
bool apis_parse(const char *words, unsigned *ret_apis, struct err *err);
const char *api_prefix(enum api api); /* what its paths begin with, without a slash at its ends */
/* False when no API has paths like that. */
bool api_of_target(const struct target *target, enum api *ret_api);

static inline bool api_served(unsigned apis, enum api api)
{
    return apis & 1U << api;
}

/* Whether no other is served. */
static inline bool api_alone(unsigned apis, enum api api)
{
    return apis == 1U << api;
}

#endif
