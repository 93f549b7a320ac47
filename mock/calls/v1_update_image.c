/* PUT /v1/images/{image_id} (glance-v1/images-images-v1.inc, "Update image"; truth, images-v1). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/terms.h"
#include "mock/v1/write.h"
#include "mock/wrong_status.h"

/* Another's public image may be seen, and is refused as such; another's private image is as good as none,
 * to its members too. */
static bool owner_is_good(const struct exchange *exchange, const struct image *image, struct refusal *refusal)
{
    bool public = image_visibility(image) == VISIBILITY_PUBLIC;
    if (image_owned(image, &exchange->identity))
        return true;
    if (public && exchange_obeys(exchange, RULE_V1_UPDATE_FOREIGN_PUBLIC_IS_403))
        return refuse(refusal, 403, "You cannot change image %s of another project.", image_id(image));
    return (!public && !exchange_obeys(exchange, RULE_V1_UPDATE_NEEDS_OWNER)) ||
           v1_refuse_unknown(exchange, refusal);
}

/* A reference to the image that may be changed; deleted ones are known to administrators. */
static struct image *find(const struct exchange *exchange, struct refusal *refusal)
{
    CLEANUP(image_unref) struct image *image = store_find(exchange->mock->store, exchange->parameter);
    bool deleted = image && image_deleted(image);
    bool hidden =
        image && !v1_visible(exchange, image) && exchange_obeys(exchange, RULE_V1_UPDATE_NEEDS_OWNER);
    if (!image || hidden || (deleted && !exchange->identity.admin))
        v1_refuse_unknown(exchange, refusal);
    else if (deleted)
        refuse(refusal, 403, "Forbidden to update deleted image.");
    else if (owner_is_good(exchange, image, refusal))
        return TAKE(image);
    return NULL;
}

static bool differs(const struct v1_meta *meta, enum v1_text text, const char *now)
{
    return meta->texts[text].given &&
           (!v1_text(meta, text) || !now || strcasecmp(v1_text(meta, text), now) != 0);
}

static bool identity_is_kept(const struct exchange *exchange, const struct v1_meta *meta,
                             const struct image *image, struct refusal *refusal)
{
    bool changes = differs(meta, V1_ID, image_id(image)) ||
                   differs(meta, V1_STATUS, image_status_word(image_status(image)));
    return !changes || !exchange_obeys(exchange, RULE_V1_UPDATE_KEEPS_ID_AND_STATUS) ||
           refuse(refusal, 403, "Forbidden to modify the id or the status of image %s.", image_id(image));
}

/* An administrator may say other things of the data; the service goes on to show what it measured. */
static bool data_are_kept(const struct exchange *exchange, const struct v1_meta *meta,
                          const struct image *image, struct refusal *refusal)
{
    enum image_status status = image_status(image);
    bool size_differs = meta->numbers[V1_SIZE].given && meta->numbers[V1_SIZE].value != image_size(image);
    bool changes = size_differs || differs(meta, V1_CHECKSUM, image_md5(image));
    if (exchange->identity.admin || (status != IMAGE_ACTIVE && status != IMAGE_DEACTIVATED) || !changes)
        return true;
    return !exchange_obeys(exchange, RULE_V1_UPDATE_KEEPS_SIZE_AND_CHECKSUM) ||
           refuse(refusal, 403, "Forbidden to modify the size or the checksum of %s image %s.",
                  image_status_word(status), image_id(image));
}

static bool data_may_come(const struct exchange *exchange, const struct v1_meta *meta,
                          const struct image *image, struct refusal *refusal)
{
    if (image_status(image) == IMAGE_QUEUED)
        return true;
    if (meta->has_data && exchange_obeys(exchange, RULE_V1_UPDATE_NEEDS_QUEUED))
        return refuse(refusal, 409, "Cannot upload to an unqueued image");
    if (v1_text(meta, V1_LOCATION) || meta->copy_from)
        return refuse(refusal, 400, "Attempted to update Location field for an image not in queued status.");
    return true;
}

/* What is announced of data that are yet to come. */
static void announce(const struct v1_meta *meta, struct image_draft *draft)
{
    const char *checksum = v1_text(meta, V1_CHECKSUM);
    if (draft->data || draft->status != IMAGE_QUEUED)
        return;
    if (meta->numbers[V1_SIZE].given) {
        draft->size_known = true;
        draft->size = meta->numbers[V1_SIZE].value;
    }
    if (checksum)
        snprintf(draft->sums.md5, sizeof draft->sums.md5, "%s", checksum);
}

static bool apply(const struct exchange *exchange, const struct v1_meta *meta, const struct image *image,
                  struct image_draft *draft, struct refusal *refusal)
{
    v1_meta_apply(meta, exchange, draft->attributes);
    announce(meta, draft);
    if (!exchange_obeys(exchange, RULE_V1_UPDATE_MOVES_UPDATED_AT))
        draft->updated_at_s = image_updated_at_s(image);
    if (!exchange_obeys(exchange, RULE_V1_UPDATE_KEEPS_FIELDS) && !meta->texts[V1_NAME].given)
        json_object_set_new(draft->attributes, "name", json_null());
    return v1_protected_kept(exchange, image, draft->attributes, refusal) &&
           v1_properties_within(exchange, draft->attributes, refusal);
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_change(struct exchange *exchange, const struct v1_meta *meta, struct image **ret_image,
                       struct refusal *refusal)
{
    CLEANUP(image_unref) struct image *image = find(exchange, refusal);
    CLEANUP(image_draft_free) struct image_draft *draft = image ? image_revise(image) : NULL;
    *ret_image = NULL;
    if (!image || !identity_is_kept(exchange, meta, image, refusal) ||
        !data_are_kept(exchange, meta, image, refusal) || !data_may_come(exchange, meta, image, refusal) ||
        !apply(exchange, meta, image, draft, refusal))
        return true;
    *ret_image = store_revision(exchange, image, TAKE(draft));
    return *ret_image != NULL;
}

static struct image *change_record(struct exchange *exchange, const struct v1_meta *meta,
                                   const struct v1_taking *taking, struct refusal *refusal)
{
    struct image *image;
    (void)taking;
    while (!try_change(exchange, meta, &image, refusal))
        ;
    return image;
}

static void begin(struct exchange *exchange)
{
    v1_write_begin(exchange, V1_UPDATE, change_record);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 202, RULE_V1_UPDATE_ANSWERS_200},
        {400, 422, RULE_V1_UPDATE_ANSWERS_400},
        {404, 406, RULE_V1_UPDATE_ANSWERS_404},
        {409, 400, RULE_V1_UPDATE_ANSWERS_409},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_update_image = {
    V1_WRITE_MEMBERS,
    .begin = begin,
    .status = status,
};
