/* GET /v1/images/{image_id} (glance-v1/images-images-v1.inc, "Show image details and image data"). */
#include "mock/calls.h"
#include "mock/range.h"
#include "mock/v1/general.h"
#include "mock/v1/shown.h"
#include "mock/v1/written.h"
#include "mock/wrong_status.h"

static bool is_visible(const struct exchange *exchange, const struct image *image)
{
    bool by_sharing =
        !image_owned(image, &exchange->identity) && image_visibility(image) == VISIBILITY_SHARED;
    if (!v1_visible(exchange, image))
        return !exchange_obeys(exchange, RULE_V1_SHOW_HIDES_FOREIGN);
    return !by_sharing || exchange_obeys(exchange, RULE_V1_SHOW_GIVES_SHARED);
}

/* What is there to be given: an active image that was announced to have no data has none. */
static bool status_permits(const struct image *image, struct refusal *refusal)
{
    if (image_status(image) == IMAGE_DEACTIVATED)
        return refuse(refusal, 403, "Image %s is deactivated", image_id(image));
    return image_status(image) == IMAGE_ACTIVE ||
           refuse(refusal, 404, "Image %s is not active", image_id(image));
}

static bool policy_permits(const struct exchange *exchange, struct refusal *refusal)
{
    return !exchange_meets(exchange, CONDITION_DOWNLOAD_DENIED) ||
           refuse(refusal, 403, "You are not authorized to complete download_image action.");
}

/* The whole, or what a Range asks for where that is not ignored. */
static struct range part_to_give(const struct exchange *exchange, uint64_t size)
{
    const char *header = exchange_header(exchange, "Range");
    struct range whole = {.first = 0, .last = size - 1};
    struct range part;
    bool ignored = !header || exchange_obeys(exchange, RULE_V1_SHOW_IGNORES_RANGE);
    return !ignored && range_parse(header, size, &part) == RANGE_GOOD ? part : whole;
}

static void give_data(struct exchange *exchange, const struct image *image)
{
    struct answer *answer = &exchange->answer;
    struct data *data = image_data(image);
    uint64_t size = data ? data_length(data) : 0;
    bool right_type = exchange_obeys(exchange, RULE_V1_SHOW_CONTENT_TYPE);
    answer_empty(exchange, 200);
    answer_header(exchange, "Content-Type", right_type ? "application/octet-stream" : "text/plain");
    if (size == 0)
        return;
    struct range part = part_to_give(exchange, size);
    answer->data = data_ref(data);
    answer->offset = part.first;
    answer->length = part.last - part.first + 1;
    answer->chunked = !exchange_obeys(exchange, RULE_V1_SHOW_CONTENT_LENGTH);
    answer->first_wrong = !exchange_obeys(exchange, RULE_V1_SHOW_GIVES_DATA);
}

static void put_etag(struct exchange *exchange, const struct image *image)
{
    char wrong[DIGEST_HEX_SIZE];
    const char *checksum = image_md5(image);
    if (!checksum)
        return;
    v1_wrong_checksum(checksum, wrong);
    answer_header_copy(exchange, "Etag", exchange_obeys(exchange, RULE_V1_SHOW_ETAG) ? checksum : wrong);
}

static void show(struct exchange *exchange, const struct image *image)
{
    struct refusal refusal;
    if (!policy_permits(exchange, &refusal) || !status_permits(image, &refusal)) {
        answer_refusal(exchange, &refusal);
    } else if (!v1_answer_meta(exchange, image, V1_IN_GET)) {
        answer_error(exchange, 400, "The metadata of image %s are more than headers can hold.",
                     image_id(image));
    } else {
        put_etag(exchange, image);
        give_data(exchange, image);
    }
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = store_get(exchange->mock->store, exchange->parameter);
    bool lacks_data = image && is_visible(exchange, image) && image_status(image) != IMAGE_ACTIVE &&
                      image_status(image) != IMAGE_DEACTIVATED;
    if (!image || !is_visible(exchange, image)) {
        v1_refuse_unknown(exchange, &refusal);
        answer_refusal(exchange, &refusal);
    } else if (lacks_data && !exchange_obeys(exchange, RULE_V1_SHOW_NEEDS_DATA)) {
        answer_empty(exchange, 204);
    } else {
        show(exchange, image);
    }
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 203, RULE_V1_SHOW_ANSWERS_200},
        {403, 405, RULE_V1_SHOW_ANSWERS_403},
        {404, 406, RULE_V1_SHOW_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_show_image = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = status};
