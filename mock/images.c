#include "mock/images.h"

#include <inttypes.h>

#include "mock/attributes.h"

static struct image *not_found(const struct exchange *exchange, struct refusal *refusal)
{
    refuse(refusal, 404, "No image found with ID %s", exchange_param(exchange, "image_id"));
    return NULL;
}

struct image *images_visible(const struct exchange *exchange, struct refusal *refusal)
{
    struct image *image = store_find(exchange->mock->store, exchange_param(exchange, "image_id"));
    if (!image || !image_visible_to(image, &exchange->identity))
        return not_found(exchange, refusal);
    return image;
}

bool images_may_write(const struct image *image, const struct identity *identity)
{
    return identity->admin || (identity->member && image_owned_by(image, identity));
}

struct image *images_writable(const struct exchange *exchange, struct refusal *refusal)
{
    struct image *image = images_visible(exchange, refusal);
    if (image && !images_may_write(image, &exchange->identity)) {
        refuse(refusal, 403, "You are not authorized to complete this action.");
        return NULL;
    }
    return image;
}

void images_changed(const struct mock *mock, struct image *image)
{
    bool lies = !mock_obeys(mock, RULE_UPLOAD_IS_SAVING_MEANWHILE) && image_has_status(image, "saving");
    image_changed(image, lies ? "queued" : NULL);
}

static bool within(const char *what, size_t count, uint64_t quota, struct refusal *refusal)
{
    if (count <= quota)
        return true;
    return refuse(refusal, 413,
                  "The limit has been exceeded on the number of allowed image %s. "
                  "Attempted: %zu, Maximum: %" PRIu64,
                  what, count, quota);
}

bool images_within_quota(json_t *document, const struct switches *switches, struct refusal *refusal)
{
    size_t properties = 0;
    for (void *entry = json_object_iter(document); entry; entry = json_object_iter_next(document, entry))
        properties += !attribute_find(json_object_iter_key(entry));
    return within("properties", properties, switches->limits[LIMIT_PROPERTY_QUOTA], refusal) &&
           within("tags", json_array_size(json_object_get(document, "tags")),
                  switches->limits[LIMIT_TAG_QUOTA], refusal);
}
