/* The JSON patches of the Images API: application/openstack-images-v2.1-json-patch, and its
 * forerunner -v2.0-, which names the operation by a key of its own (glance-v2/images-images-v2.inc). */
#ifndef MOCK_PATCH_H
#define MOCK_PATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "mock/refusal.h"

enum patch_version {
    PATCH_V20,
    PATCH_V21,
};

enum patch_kind {
    PATCH_ADD,
    PATCH_REPLACE,
    PATCH_REMOVE,
};

#define PATCH_NAME_SIZE 1024

struct patch_operation {
    enum patch_kind kind;
    char name[PATCH_NAME_SIZE]; /* of the attribute, decoded from the pointer */
    const json_t *value;        /* borrowed from the document; NULL for remove */
};

#define PATCH_MEDIA_TYPES                                                                                    \
    "application/openstack-images-v2.1-json-patch, application/openstack-images-v2.0-json-patch"

/* False when the media type, whose parameters do not matter, is that of no patch. */
bool patch_version_parse(const char *content_type, enum patch_version *ret_version);

/* One operation of a document; 400 when it is none. */
bool patch_operation_parse(const json_t *raw, enum patch_version version,
                           struct patch_operation *ret_operation, struct refusal *refusal);
/* Changes `attributes` by the whole document, up to the first operation that is refused. */
bool patch_apply(json_t *attributes, const json_t *document, enum patch_version version,
                 struct refusal *refusal);

#endif
