/* JSON patches of images: the media types application/openstack-images-v2.1-json-patch (RFC 6902, its
 * operations add, replace and remove) and -v2.0- (an older draft, where the operation is the key of the
 * path). Source: glance-v2/images-images-v2.inc, "Update image". */
#ifndef MOCK_PATCH_H
#define MOCK_PATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "mock/refusal.h"

enum patch_form {
    PATCH_V21,
    PATCH_V20,
};

/* False when `type` (a Content-Type, may be NULL) is neither. */
bool patch_form_of(const char *type, enum patch_form *ret_form);

/* The media types, as the header Accept-Patch lists them. */
extern const char patch_media_types[];

/* The document after all operations: a new reference; `document` stays as it is. NULL after refusing. */
json_t *patch_apply(json_t *patch, enum patch_form form, json_t *document, struct refusal *refusal);

#endif
