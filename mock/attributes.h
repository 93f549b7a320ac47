/* The attributes of an image that the API knows by name, what values they take and who may set them.
 * Source: glance-v2/images-parameters.yaml, schema of images; ../shared/truth/images-v2.md. */
#ifndef MOCK_ATTRIBUTES_H
#define MOCK_ATTRIBUTES_H

#include <jansson.h>
#include <stdbool.h>

#include "mock/refusal.h"

enum attribute_access {
    ATTRIBUTE_SETTABLE,
    ATTRIBUTE_CREATE_ONLY, /* id */
    ATTRIBUTE_FORMAT,      /* settable while the image is queued */
    ATTRIBUTE_READ_ONLY,   /* the service's own */
    ATTRIBUTE_RESERVED,    /* names of old that nobody may use */
};

struct attribute {
    const char *name;
    enum attribute_access access;
    bool (*valid)(json_t *value); /* NULL: never set by a request */
    const char *wants;            /* "a string of at most 255 characters, or null" */
};

/* NULL for an additional property. */
const struct attribute *attribute_find(const char *name);
/* Whether a request may give `name` this value, be it an attribute or an additional property. */
bool attribute_check(const char *name, json_t *value, struct refusal *refusal);
/* A new image's document before a request says anything: new reference. */
json_t *attributes_defaults(void);

#endif
