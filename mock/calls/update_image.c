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

static bool formats_kept(const struct image *image, const json_t *attributes, struct refusal *refusal)
{
    static const char *const names[] = {"disk_format", "container_format"};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && image->status != IMAGE_QUEUED; i++) {
        if (!json_equal(json_object_get(image->attributes, names[i]), json_object_get(attributes, names[i])))
            return refuse(refusal, 403, "Attribute %s can be only replaced for a queued image.", names[i]);
    }
    return true;
}

static bool change(struct exchange *exchange, const struct image *image, struct image *draft,
                   const json_t *document, struct refusal *refusal)
{
    enum patch_version version = PATCH_V21;
    patch_version_parse(exchange_header(exchange, "Content-Type"), &version);
    return patch_apply(draft->attributes, document, version, refusal) &&
           formats_kept(image, draft->attributes, refusal) &&
           attributes_permitted(image->attributes, draft->attributes, &exchange->identity, refusal) &&
           limits_permit(exchange, draft->attributes, refusal);
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_update(struct exchange *exchange, const json_t *document)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = find_writable(exchange, &refusal);
    CLEANUP(image_unref) struct image *draft = image ? image_revise(image) : NULL;
    if (!draft || !change(exchange, image, draft, document, &refusal)) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    if (!store_revision(exchange, image, image_ref(draft)))
        return false;
    answer_image(exchange, 200, draft);
    return true;
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
