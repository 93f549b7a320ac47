/* Input: the body of a PATCH, after a byte whose lowest bit is the version of the media type. */
#include <stdint.h>
#include <stdlib.h>

#include "mock/attributes.h"
#include "mock/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever is applied leaves a valid image behind. */
static void check(json_t *attributes)
{
    struct refusal refusal;
    for (void *at = json_object_iter(attributes); at; at = json_object_iter_next(attributes, at)) {
        if (!attribute_valid(json_object_iter_key(at), json_object_iter_value(at), &refusal))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct refusal refusal;
    json_t *document = size ? json_loadb((const char *)data + 1, size - 1, JSON_DECODE_ANY, NULL) : NULL;
    if (!document)
        return 0;
    json_t *attributes = attributes_default("p");
    patch_apply(attributes, document, data[0] & 1 ? PATCH_V21 : PATCH_V20, &refusal);
    check(attributes);
    json_decref(attributes);
    json_decref(document);
    return 0;
}
