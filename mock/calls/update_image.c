#include "mock/attributes.h"
#include "mock/calls.h"
#include "mock/patch.h"

static void begin(struct exchange *exchange)
{
    enum patch_version version;
    if (patch_version_parse(exchange_header(exchange, "Content-Type"), &version))
        return;
    answer_header(exchange, "Accept-Patch", PATCH_MEDIA_TYPES);
    answer_error(exchange, 415, "The body must be one of " PATCH_MEDIA_TYPES);
}

static bool formats_kept(const json_t *before, const json_t *after, struct refusal *refusal)
{
    static const char *const names[] = {"disk_format", "container_format"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!json_equal(json_object_get(before, names[i]), json_object_get(after, names[i])))
            return refuse(refusal, 403, "Attribute %s can be only replaced for a queued image.", names[i]);
    }
    return true;
}

static bool change(struct exchange *exchange, const struct image *image, json_t *attributes,
                   const json_t *document, struct refusal *refusal)
{
    enum patch_version version = PATCH_V21;
    patch_version_parse(exchange_header(exchange, "Content-Type"), &version);
    json_t *before = image_attributes(image);
    bool good = patch_apply(attributes, document, version, refusal) &&
                (image_status(image) == IMAGE_QUEUED || formats_kept(before, attributes, refusal)) &&
                attributes_permitted(before, attributes, &exchange->identity, refusal) &&
                limits_permit(exchange, attributes, refusal);
    json_decref(before);
    return good;
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_update(struct exchange *exchange, const json_t *document)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = find_writable(exchange, &refusal);
    CLEANUP(image_draft_free) struct image_draft *draft = image ? image_revise(image) : NULL;
    if (!draft || !change(exchange, image, draft->attributes, document, &refusal)) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    CLEANUP(image_unref) struct image *next = store_revision(exchange, image, TAKE(draft));
    if (next)
        answer_image(exchange, 200, next);
    return next;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    json_t *document = parse_json_body(exchange, &refusal);
    if (!document)
        answer_refusal(exchange, &refusal);
    while (document && !try_update(exchange, document))
        ;
    json_decref(document);
}

const struct call call_update_image = {.takes_json = true, .begin = begin, .end = end};
