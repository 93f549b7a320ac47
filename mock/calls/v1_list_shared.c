/* GET /v1/shared-images/{owner_id} (glance-v1/images-sharing-v1.inc, "List shared images"): the images that
 * the owner shares. Real servers list those that are shared with it instead (quirks.def). */
#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/sharing.h"
#include "mock/wrong_status.h"

#define BATCH_MAX 64

/* glance-v1/parameters.yaml, shared_images: true when all members can share. */
static bool all_can_share(const struct image *image)
{
    for (size_t i = 0; i < image_member_count(image); i++) {
        if (!image_member(image, i)->can_share)
            return false;
    }
    return true;
}

static json_t *item(const struct exchange *exchange, const struct image *image, bool can_share)
{
    bool right = exchange_obeys(exchange, RULE_V1_SHARED_IMAGES_CAN_SHARE_OF_ALL);
    const char *name = exchange_obeys(exchange, RULE_V1_SHARED_IMAGES_ITEM_SHAPE) ? "image_id" : "id";
    return json_pack("{s:s, s:b}", name, image_id(image), "can_share", can_share == right);
}

/* NULL for an image that is not one of those that the owner shares. */
static json_t *shared_by(const struct exchange *exchange, const struct image *image)
{
    bool counts =
        image_member_count(image) > 0 || !exchange_obeys(exchange, RULE_V1_SHARED_IMAGES_ONLY_SHARED);
    return counts ? item(exchange, image, all_can_share(image)) : NULL;
}

static json_t *shared_with(const struct exchange *exchange, const struct image *image)
{
    const struct image_member *member = image_member_of(image, exchange->parameter);
    return member ? item(exchange, image, member->can_share) : NULL;
}

static json_t *item_of(const struct exchange *exchange, const struct image *image, bool by_owner)
{
    bool told = v1_visible(exchange, image) || !exchange_obeys(exchange, RULE_V1_SHARED_IMAGES_HIDES);
    return told ? (by_owner ? shared_by : shared_with)(exchange, image) : NULL;
}

static json_t *items_of(const struct exchange *exchange)
{
    bool by_owner = exchange_obeys(exchange, RULE_V1_SHARED_IMAGES_LISTS);
    const struct selection selection = {.owner = by_owner ? exchange->parameter : NULL,
                                        .member = by_owner ? NULL : exchange->parameter,
                                        .status = IMAGE_STATUS_COUNT,
                                        .visibilities = (1U << VISIBILITY_COUNT) - 1};
    struct image *images[BATCH_MAX];
    json_t *items = json_array();
    uint64_t after = UINT64_MAX;
    size_t count;
    do {
        count = store_select(exchange->mock->store, &selection, 1, after, false, images, BATCH_MAX);
        for (size_t i = 0; i < count; i++) {
            json_t *shared = item_of(exchange, images[i], by_owner);
            if (shared)
                json_array_append_new(items, shared);
            after = image_number(images[i]);
            image_unref(images[i]);
        }
    } while (count > 0);
    return items;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    if (!v1_sharing_exposed(exchange, &refusal)) {
        answer_refusal(exchange, &refusal);
        return;
    }
    json_t *body = json_pack("{s:o}", "shared_images", items_of(exchange));
    answer_json(exchange, 200, json_dumps(body, 0));
    json_decref(body);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 203, RULE_V1_SHARED_IMAGES_ANSWERS_200},
        {404, 406, RULE_V1_SHARED_IMAGES_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_list_shared = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = status};
