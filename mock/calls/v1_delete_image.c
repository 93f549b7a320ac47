/* DELETE /v1/images/{image_id} (glance-v1/images-images-v1.inc, "Delete image"; truth, images-v1). */
#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/sharing.h"
#include "mock/wrong_status.h"

static bool owner_is_good(const struct exchange *exchange, const struct image *image, struct refusal *refusal)
{
    if (image_owned(image, &exchange->identity) || !exchange_obeys(exchange, RULE_V1_DELETE_NEEDS_OWNER))
        return true;
    if (image_visibility(image) == VISIBILITY_PUBLIC)
        return refuse(refusal, 403, "You cannot delete image %s of another project.", image_id(image));
    return v1_refuse_unknown(exchange, refusal);
}

static void refuse_protected(const struct exchange *exchange, const struct image *image,
                             struct refusal *refusal)
{
    refuse(refusal, 403, "Image %s is protected and cannot be deleted.", image_id(image));
    if (!exchange_obeys(exchange, RULE_V1_DELETE_REFUSED_STAYS))
        store_remove(exchange->mock->store, image);
}

static struct image *find(const struct exchange *exchange, struct refusal *refusal)
{
    bool everybody = !exchange_obeys(exchange, RULE_V1_DELETE_NEEDS_OWNER);
    CLEANUP(image_unref)
    struct image *image =
        everybody ? store_get(exchange->mock->store, exchange->parameter) : v1_find(exchange, refusal);
    if (!image)
        v1_refuse_unknown(exchange, refusal);
    else if (!owner_is_good(exchange, image, refusal))
        return NULL;
    else if (image_protected(image) && exchange_obeys(exchange, RULE_V1_DELETE_NEEDS_UNPROTECTED))
        refuse_protected(exchange, image, refusal);
    else
        return TAKE(image);
    return NULL;
}

/* Where deletion is delayed, the data go later. */
static bool remove_image(struct exchange *exchange, const struct image *image)
{
    bool of_v2 = image_visibility(image) == VISIBILITY_PRIVATE;
    if (!exchange_obeys(exchange, RULE_V1_DELETE_REMOVES) ||
        (of_v2 && !exchange_obeys(exchange, RULE_V1_BOTH_DELETES_V2)))
        return true;
    if (!exchange_meets(exchange, CONDITION_DELAYED_DELETE))
        return store_remove(exchange->mock->store, image);
    struct image_draft *draft = image_revise(image);
    draft->status = IMAGE_PENDING_DELETE;
    draft->deleted_at_s = draft->updated_at_s;
    CLEANUP(image_unref) struct image *pending = store_revision(exchange, image, draft);
    return pending != NULL;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    for (;;) {
        CLEANUP(image_unref) struct image *image = find(exchange, &refusal);
        if (!image) {
            answer_refusal(exchange, &refusal);
            return;
        }
        if (remove_image(exchange, image)) {
            v1_answer_changed(exchange, RULE_V1_DELETE_NO_BODY);
            return;
        }
    }
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {204, 200, RULE_V1_DELETE_ANSWERS_204},
        {403, 405, RULE_V1_DELETE_ANSWERS_403},
        {404, 406, RULE_V1_DELETE_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_delete_image = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = status};
