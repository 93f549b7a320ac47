/* HEAD /v1/images/{image_id} (glance-v1/images-images-v1.inc, "Show image metadata"). */
#include "base/mem.h"
#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/shown.h"
#include "mock/wrong_status.h"

static bool is_visible(const struct exchange *exchange, const struct image *image)
{
    bool by_sharing =
        !image_owned(image, &exchange->identity) && image_visibility(image) == VISIBILITY_SHARED;
    bool usual = image_status(image) == IMAGE_QUEUED || image_status(image) == IMAGE_ACTIVE;
    if (!usual && !exchange_obeys(exchange, RULE_V1_HEAD_EVERY_STATE))
        return false;
    if (!v1_visible(exchange, image))
        return !exchange_obeys(exchange, RULE_V1_HEAD_HIDES_FOREIGN);
    return !by_sharing || exchange_obeys(exchange, RULE_V1_HEAD_SHOWS_SHARED);
}

static void show(struct exchange *exchange, const struct image *image)
{
    if (exchange_meets(exchange, CONDITION_IMAGE_BUSY)) {
        answer_error(exchange, 409, "Image %s is busy with another request.", image_id(image));
        return;
    }
    if (!v1_answer_meta(exchange, image, V1_IN_HEAD)) {
        answer_error(exchange, 400, "The metadata of image %s are more than headers can hold.",
                     image_id(image));
        return;
    }
    if (image_data(image) && image_md5(image))
        answer_headerf(exchange, "Etag", "%s", image_md5(image));
    if (exchange_obeys(exchange, RULE_V1_HEAD_NO_BODY))
        answer_empty(exchange, 200);
    else
        answer_json(exchange, 200, mem_dup("{}"));
}

static void end(struct exchange *exchange)
{
    CLEANUP(image_unref) struct image *image = store_get(exchange->mock->store, exchange->parameter);
    struct refusal refusal;
    if (image && is_visible(exchange, image)) {
        show(exchange, image);
        return;
    }
    v1_refuse_unknown(exchange, &refusal);
    answer_refusal(exchange, &refusal);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 203, RULE_V1_HEAD_ANSWERS_200},
        {404, 406, RULE_V1_HEAD_ANSWERS_404},
        {409, 400, RULE_V1_HEAD_ANSWERS_409},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_head_image = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = status};
