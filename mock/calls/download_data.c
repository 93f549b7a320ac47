/* GET /v2/images/{image_id}/file (images-data.inc, "Download binary image data"). */
#include <string.h>

#include "mock/calls.h"
#include "mock/range.h"
#include "mock/wrong_status.h"

static bool readable(const struct exchange *exchange, const struct image *image)
{
    if (image_visibility(image) == VISIBILITY_COMMUNITY &&
        !exchange_obeys(exchange, RULE_DOWNLOAD_READS_COMMUNITY))
        return image_owned(image, &exchange->identity);
    return image_readable(image, &exchange->identity);
}

static bool refuse_unreadable(const struct exchange *exchange, const struct image *image,
                              struct refusal *refusal)
{
    bool foreign = image && !image_readable(image, &exchange->identity);
    if (foreign && !exchange_obeys(exchange, RULE_DOWNLOAD_HIDES_FOREIGN))
        return refuse(refusal, 403, "You are not permitted to download image %s.", image_id(image));
    if (!image && !exchange_obeys(exchange, RULE_DOWNLOAD_NO_RECORD_IS_404))
        return refuse(refusal, 410, "The image %.64s is gone", exchange->parameter);
    return refuse_unknown_image(refusal, exchange->parameter);
}

static bool policy_permits(const struct exchange *exchange, struct refusal *refusal)
{
    if (!exchange_meets(exchange, CONDITION_DOWNLOAD_DENIED))
        return true;
    return refuse(refusal, 403, "You are not authorized to complete download_image action.");
}

/* The next store of the list in *rest, cut off in place; false at its end. */
static bool next_store(const char **rest, const char **ret_name, size_t *ret_length)
{
    if (!*rest)
        return false;
    *ret_name = *rest;
    *ret_length = strcspn(*rest, ",");
    *rest = (*rest)[*ret_length] ? *rest + *ret_length + 1 : NULL;
    return true;
}

static bool prefer_is_list(const char *prefer)
{
    const char *name;
    size_t length;
    while (next_store(&prefer, &name, &length)) {
        if (length == 0 || strcspn(name, " \t") < length)
            return false;
    }
    return true;
}

static const char *known_store(const struct mock *mock, const char *name, size_t length)
{
    for (size_t i = 0; i < mock->store_count; i++) {
        if (strlen(mock->stores[i]) == length && memcmp(mock->stores[i], name, length) == 0)
            return mock->stores[i];
    }
    return NULL;
}

static bool prefer_is_known(const struct mock *mock, const char *prefer, struct refusal *refusal)
{
    const char *name;
    size_t length;
    while (next_store(&prefer, &name, &length)) {
        if (!known_store(mock, name, length))
            return refuse(refusal, 400, "There is no store '%.*s'", (int)(length < 255 ? length : 255), name);
    }
    return true;
}

static bool prefer_has(const struct mock *mock, const char *prefer, const char *store)
{
    const char *name;
    size_t length;
    while (next_store(&prefer, &name, &length)) {
        if (known_store(mock, name, length) == store)
            return true;
    }
    return false;
}

static bool prefer_permitted(const struct exchange *exchange, const struct image *image,
                             struct refusal *refusal)
{
    const struct mock *mock = exchange->mock;
    const char *prefer = target_query(&exchange->target, "prefer");
    bool multistore = mock_multistore(mock) && !exchange_meets(exchange, CONDITION_SINGLE_STORE);
    if (!prefer)
        return true;
    if (!multistore)
        return !exchange_obeys(exchange, RULE_DOWNLOAD_PREFER_NEEDS_MULTISTORE) ||
               refuse(refusal, 400, "There is a single store only, so that none can be preferred");
    if (!prefer_is_list(prefer))
        return !exchange_obeys(exchange, RULE_DOWNLOAD_PREFER_FORMAT) ||
               refuse(refusal, 400, "prefer must be a comma-separated list of stores");
    if (exchange_meets(exchange, CONDITION_PREFER_DENIED) &&
        exchange_obeys(exchange, RULE_DOWNLOAD_PREFER_DENIED))
        return refuse(refusal, 403, "You are not authorized to complete download_from_store action.");
    if (exchange_obeys(exchange, RULE_DOWNLOAD_PREFER_KNOWN) && !prefer_is_known(mock, prefer, refusal))
        return false;
    if (image_data(image) && !exchange_obeys(exchange, RULE_DOWNLOAD_PREFER_FALLS_BACK) &&
        !prefer_has(mock, prefer, image_store(image)))
        return refuse(refusal, 404, "No preferred store has the data of image %s", image_id(image));
    return true;
}

static bool status_permits(const struct exchange *exchange, const struct image *image,
                           struct refusal *refusal)
{
    bool admin = exchange->identity.admin;
    enum rule rule = admin ? RULE_DOWNLOAD_DEACTIVATED_FOR_ADMIN : RULE_DOWNLOAD_DEACTIVATED_REFUSED;
    if (image_status(image) != IMAGE_DEACTIVATED || admin == exchange_obeys(exchange, rule))
        return true;
    return refuse(refusal, 403,
                  "The requested image has been deactivated. Image data download is forbidden.");
}

/* The whole of the data, as a part. */
static struct range whole(const struct image *image)
{
    uint64_t length = data_length(image_data(image));
    return (struct range){.first = 0, .last = length ? length - 1 : 0};
}

/* Each form of range is a rule of its own. Broken, other bytes are sent than the headers say: those
 * from one earlier or later on or, where there are no others, a wrong first one. */
static void spoil_part(const struct exchange *exchange, struct answer *answer, const struct range *part,
                       uint64_t size)
{
    static const enum rule rules[] = {
        [RANGE_FORM_FIRST] = RULE_DOWNLOAD_RANGE_FIRST,
        [RANGE_FORM_EXACT] = RULE_DOWNLOAD_RANGE_EXACT,
        [RANGE_FORM_OPEN_END] = RULE_DOWNLOAD_RANGE_OPEN_END,
        [RANGE_FORM_SUFFIX] = RULE_DOWNLOAD_RANGE_SUFFIX,
        [RANGE_FORM_CLAMPED] = RULE_DOWNLOAD_RANGE_CLAMPED,
    };
    if (exchange_obeys(exchange, rules[part->form]))
        return;
    if (answer->offset > 0)
        answer->offset--;
    else if (answer->length < size)
        answer->offset++;
    else
        answer->first_wrong = true;
}

enum wish {
    WISH_ALL,
    WISH_PART,
    WISH_REFUSED,
};

static enum wish refuse_range(struct exchange *exchange, uint64_t size, enum range_result result,
                              struct refusal *refusal)
{
    static const struct {
        enum rule rule;
        int status;
        const char *text;
    } refusals[] = {
        [RANGE_SEVERAL] = {RULE_DOWNLOAD_SEVERAL_RANGES, 400,
                           "Several ranges in one request are not supported"},
        [RANGE_MALFORMED] = {RULE_DOWNLOAD_MALFORMED_RANGE, 416, "The range of the request is malformed"},
        [RANGE_UNSATISFIABLE] = {RULE_DOWNLOAD_UNSATISFIABLE_IS_416, 416, "The range lies outside the data"},
    };
    if (!exchange_obeys(exchange, refusals[result].rule))
        return WISH_ALL;
    if (refusals[result].status == 416)
        answer_headerf(exchange, "Content-Range", "bytes */%lu", (unsigned long)size);
    refuse(refusal, refusals[result].status, "%s", refusals[result].text);
    return WISH_REFUSED;
}

/* Where several ranges are not refused, the first of them is given. */
static enum range_result parse_first_range(const char *header, uint64_t size, struct range *ret_range)
{
    char first[64];
    size_t length = strcspn(header, ",");
    if (length >= sizeof first)
        return RANGE_MALFORMED;
    memcpy(first, header, length);
    first[length] = '\0';
    return range_parse(first, size, ret_range);
}

static enum range_result parse_wish(const struct exchange *exchange, const char *range,
                                    const char *content_range, uint64_t size, struct range *ret_part)
{
    if (!range)
        return range_parse_content(content_range, size, ret_part);
    enum range_result result = range_parse(range, size, ret_part);
    if (result == RANGE_SEVERAL && !exchange_obeys(exchange, RULE_DOWNLOAD_SEVERAL_RANGES))
        return parse_first_range(range, size, ret_part);
    return result;
}

/* Which part of the data the request wishes; *ret_part is set for WISH_PART. */
static enum wish find_wish(struct exchange *exchange, uint64_t size, struct range *ret_part,
                           struct refusal *refusal)
{
    const char *range = exchange_header(exchange, "Range");
    const char *content_range = exchange_header(exchange, "Content-Range");
    if (!exchange_obeys(exchange, RULE_DOWNLOAD_CONTENT_RANGE_REQUEST) && !range)
        content_range = NULL;
    if (!range && !content_range)
        return WISH_ALL;
    if (content_range && !exchange_obeys(exchange, RULE_DOWNLOAD_RANGE_WINS))
        range = NULL;
    enum range_result result = parse_wish(exchange, range, content_range, size, ret_part);
    return result == RANGE_GOOD ? WISH_PART : refuse_range(exchange, size, result, refusal);
}

static void put_md5(struct exchange *exchange, const struct image *image, bool part)
{
    const char *sum = image_md5(image);
    bool right = exchange_obeys(exchange, RULE_DOWNLOAD_CONTENT_MD5) &&
                 (!part || exchange_obeys(exchange, RULE_DOWNLOAD_CONTENT_MD5_OF_PART));
    if (right)
        answer_headerf(exchange, "Content-Md5", "%s", sum);
    else
        answer_headerf(exchange, "Content-Md5", "%c%s", *sum == '0' ? '1' : '0', sum + 1);
}

static void give(struct exchange *exchange, const struct image *image, const struct range *part, bool partial)
{
    struct answer *answer = &exchange->answer;
    enum rule rule = partial ? RULE_DOWNLOAD_PARTIAL_IS_206 : RULE_DOWNLOAD_FULL_IS_200;
    uint64_t size = data_length(image_data(image));
    answer_empty(exchange, partial == exchange_obeys(exchange, rule) ? 206 : 200);
    answer->data = data_ref(image_data(image));
    answer->offset = part->first;
    answer->length = size ? part->last - part->first + 1 : 0;
    answer->chunked = !exchange_obeys(exchange, RULE_DOWNLOAD_CONTENT_LENGTH);
    answer->first_wrong = !exchange_obeys(exchange, RULE_DOWNLOAD_GIVES_DATA) ||
                          !exchange_obeys(exchange, RULE_V1_BOTH_V2_GIVES_DATA);
    if (partial)
        spoil_part(exchange, answer, part, size);
    bool right_type = exchange_obeys(exchange, RULE_DOWNLOAD_CONTENT_TYPE);
    answer_header(exchange, "Content-Type", right_type ? "application/octet-stream" : "text/plain");
    put_md5(exchange, image, partial);
    if (partial == exchange_obeys(exchange, RULE_DOWNLOAD_CONTENT_RANGE))
        answer_headerf(exchange, "Content-Range", "bytes %lu-%lu/%lu", (unsigned long)part->first,
                       (unsigned long)part->last, (unsigned long)size);
}

/* Refused: false. Otherwise it has answered. */
static bool download(struct exchange *exchange, const struct image *image, struct refusal *refusal)
{
    if (!policy_permits(exchange, refusal) || !prefer_permitted(exchange, image, refusal) ||
        !status_permits(exchange, image, refusal))
        return false;
    if (!image_data(image)) {
        if (!exchange_obeys(exchange, RULE_DOWNLOAD_NO_DATA_IS_204))
            return refuse(refusal, 404, "Image %s has no data", image_id(image));
        answer_empty(exchange, 204);
        return true;
    }
    struct range part = whole(image);
    enum wish wish = find_wish(exchange, data_length(image_data(image)), &part, refusal);
    if (wish == WISH_REFUSED)
        return false;
    give(exchange, image, &part, wish == WISH_PART);
    return true;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = store_get(exchange->mock->store, exchange->parameter);
    if (!image && !exchange_obeys(exchange, RULE_DOWNLOAD_NEEDS_IMAGE)) {
        answer_empty(exchange, 200);
        return;
    }
    bool done = image && readable(exchange, image) ? download(exchange, image, &refusal)
                                                   : refuse_unreadable(exchange, image, &refusal);
    if (!done)
        answer_refusal(exchange, &refusal);
}

static bool admits_anonymous(const struct exchange *exchange)
{
    return !exchange_obeys(exchange, RULE_DOWNLOAD_NEEDS_TOKEN);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 202, RULE_DOWNLOAD_ANSWERS_200}, {204, 205, RULE_DOWNLOAD_ANSWERS_204},
        {206, 203, RULE_DOWNLOAD_ANSWERS_206}, {400, 422, RULE_DOWNLOAD_ANSWERS_400},
        {403, 405, RULE_DOWNLOAD_ANSWERS_403}, {404, 406, RULE_DOWNLOAD_ANSWERS_404},
        {416, 400, RULE_DOWNLOAD_ANSWERS_416},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_download_data = {.admits_anonymous = admits_anonymous, .end = end, .status = status};
