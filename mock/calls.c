#include "mock/calls.h"

#include "mock/attributes.h"
#include "mock/image_json.h"

bool refuse_unknown_image(struct refusal *refusal, const char *id)
{
    return refuse(refusal, 404, "No image found with ID %.64s", id);
}

struct image *find_readable(struct exchange *exchange, struct refusal *refusal)
{
    struct image *image = store_get(exchange->mock->store, exchange->parameter);
    if (image && image_readable(image, &exchange->identity))
        return image;
    image_unref(image);
    refuse_unknown_image(refusal, exchange->parameter);
    return NULL;
}

struct image *find_writable(struct exchange *exchange, struct refusal *refusal)
{
    struct image *image = find_readable(exchange, refusal);
    if (!image || image_writable(image, &exchange->identity))
        return image;
    refuse(refusal, 403, "You are not permitted to modify image %s.", image_id(image));
    image_unref(image);
    return NULL;
}

json_t *parse_json_body(const struct exchange *exchange, struct refusal *refusal)
{
    json_error_t error;
    json_t *json = json_loadb(exchange->body.data, exchange->body.length, JSON_DECODE_ANY, &error);
    if (!json)
        refuse(refusal, 400, "The body is no well-formed JSON: %s (line %d)", error.text, error.line);
    return json;
}

bool limits_permit(const struct exchange *exchange, const json_t *attributes, struct refusal *refusal)
{
    struct settings *settings = exchange->mock->settings;
    const char *project = exchange->identity.project;
    return attributes_within(attributes, settings_limit(settings, LIMIT_TAG_QUOTA, project),
                             settings_limit(settings, LIMIT_PROPERTY_QUOTA, project), refusal);
}

bool refuse_intake(struct refusal *refusal, int status, enum intake_result result,
                   const struct intake_terms *terms)
{
    if (result == INTAKE_OVER_CAP)
        return refuse(refusal, status, "The incoming image is too large: the size cap is %lu bytes",
                      (unsigned long)terms->cap_bytes);
    if (result == INTAKE_OVER_QUOTA)
        return refuse(refusal, status, "Image exceeds the storage quota: the quota is %lu bytes",
                      (unsigned long)terms->quota_bytes);
    return refuse(refusal, status, "Image storage media is full.");
}

struct image *store_revision(struct exchange *exchange, const struct image *old, struct image_draft *draft)
{
    CLEANUP(image_unref) struct image *image = image_seal(draft);
    return store_replace(exchange->mock->store, old, image_ref(image)) ? TAKE(image) : NULL;
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_switch_status(struct exchange *exchange, enum image_status to)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = find_writable(exchange, &refusal);
    if (!image) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    if (image_status(image) != IMAGE_ACTIVE && image_status(image) != IMAGE_DEACTIVATED) {
        answer_error(exchange, 403, "Not allowed to change the status of an image that is %s to %s",
                     image_status_word(image_status(image)), image_status_word(to));
        return true;
    }
    struct image_draft *draft = image_revise(image);
    draft->status = to;
    CLEANUP(image_unref) struct image *next = store_revision(exchange, image, draft);
    if (!next)
        return false;
    answer_empty(exchange, 204);
    return true;
}

void switch_status(struct exchange *exchange, enum image_status to)
{
    while (!try_switch_status(exchange, to))
        ;
}

void answer_image(struct exchange *exchange, int status, const struct image *image)
{
    struct buf text;
    buf_init(&text, IMAGE_TEXT_MAX);
    mock_show(exchange->mock, image, &text);
    answer_json(exchange, status, buf_take(&text));
}
