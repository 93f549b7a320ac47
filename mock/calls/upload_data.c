/* PUT /v2/images/{image_id}/file (images-data.inc, "Upload binary image data"). */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "mock/calls.h"
#include "mock/intake.h"
#include "mock/media_type.h"
#include "mock/wrong_status.h"

struct upload {
    struct exchange *exchange;
    struct image *image; /* the revision that is saving, as it was put there; a reference */
    bool started;        /* the image is saving because of this upload */
    bool into_nothing;   /* needs-image is broken and there is no image */
    struct intake *intake;
    struct intake_terms terms;
    const char *store;
    bool announced; /* by x-openstack-image-size */
    uint64_t announced_bytes;
};

/* Steps: each is one thing that must hold before data are taken; in the order in which Glance looks. */
typedef bool step_fn(struct exchange *exchange, struct upload *upload, struct refusal *refusal);

static bool type_is_good(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    (void)upload;
    if (!exchange_obeys(exchange, RULE_UPLOAD_CONTENT_TYPE) ||
        media_type_is(exchange_header(exchange, "Content-Type"), "application/octet-stream"))
        return true;
    return refuse(refusal, 415, "The Content-Type of image data must be application/octet-stream");
}

static bool framing_is_good(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    (void)upload;
    if (exchange_obeys(exchange, RULE_UPLOAD_ACCEPTS_CHUNKED) || !exchange_chunked(exchange))
        return true;
    return refuse(refusal, 411, "The size of the data must be known beforehand");
}

static bool refuse_other_size(struct refusal *refusal, uint64_t size, uint64_t announced)
{
    return refuse(refusal, 400, "The data have %lu bytes, x-openstack-image-size announces %lu",
                  (unsigned long)size, (unsigned long)announced);
}

static bool size_header_is_good(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    const char *text = exchange_header(exchange, "x-openstack-image-size");
    if (!text)
        return true;
    if (!number_parse_u64(text, &upload->announced_bytes))
        return refuse(refusal, 400, "x-openstack-image-size must be a number of bytes, not '%.64s'", text);
    upload->announced = exchange_obeys(exchange, RULE_UPLOAD_SIZE_HEADER_MATCHES);
    return true;
}

static bool store_is_known(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    const struct mock *mock = exchange->mock;
    const char *name = exchange_header(exchange, "X-Image-Meta-Store");
    bool last = !name && !exchange_obeys(exchange, RULE_UPLOAD_STORE_HEADER_DEFAULT);
    upload->store = mock->stores[last ? mock->store_count - 1 : 0];
    const char *store = name ? mock_store(mock, name) : upload->store;
    if (!store && exchange_obeys(exchange, RULE_UPLOAD_STORE_HEADER_KNOWN))
        return refuse(refusal, 400, "There is no store '%.255s'", name);
    if (store && exchange_obeys(exchange, RULE_UPLOAD_STORE_HEADER_PLACES))
        upload->store = store;
    return true;
}

static bool refuse_unreadable(struct exchange *exchange, const struct image *image, struct refusal *refusal)
{
    if (image && !exchange_obeys(exchange, RULE_UPLOAD_HIDES_FOREIGN))
        return refuse(refusal, 403, "You are not permitted to modify image %s.", image_id(image));
    return refuse_unknown_image(refusal, exchange->parameter);
}

static bool image_is_there(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    struct image *image = store_get(exchange->mock->store, exchange->parameter);
    image_unref(upload->image);
    upload->image = image;
    if (image && image_readable(image, &exchange->identity))
        return true;
    upload->into_nothing = !image && !exchange_obeys(exchange, RULE_UPLOAD_NEEDS_IMAGE);
    return upload->into_nothing || refuse_unreadable(exchange, image, refusal);
}

static bool policy_permits(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    const struct image *image = upload->image;
    if (exchange_meets(exchange, CONDITION_UPLOAD_DENIED))
        return refuse(refusal, 403, "You are not authorized to complete upload_image action.");
    if (upload->into_nothing || !exchange_obeys(exchange, RULE_UPLOAD_NEEDS_WRITER) ||
        image_writable(image, &exchange->identity))
        return true;
    return refuse(refusal, 403, "You are not permitted to modify image %s.", image_id(image));
}

static bool formats_are_set(const struct image *image)
{
    return image_text(image, "disk_format") && image_text(image, "container_format");
}

static bool refuse_status(struct exchange *exchange, const struct image *image, struct refusal *refusal)
{
    if (image_status(image) == IMAGE_ACTIVE && !exchange_obeys(exchange, RULE_UPLOAD_REFUSED_STAYS_ACTIVE)) {
        struct image_draft *draft = image_revise(image);
        draft->status = IMAGE_QUEUED;
        image_unref(store_revision(exchange, image, draft));
    }
    return refuse(refusal, 409, "Image status transition from %s to saving is not allowed",
                  image_status_word(image_status(image)));
}

static bool status_permits(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    const struct image *image = upload->image;
    if (upload->into_nothing)
        return true;
    if (image_status(image) != IMAGE_QUEUED && exchange_obeys(exchange, RULE_UPLOAD_NEEDS_QUEUED))
        return refuse_status(exchange, image, refusal);
    if (!formats_are_set(image) && exchange_obeys(exchange, RULE_UPLOAD_NEEDS_FORMATS))
        return refuse(refusal, 400,
                      "Properties disk_format, container_format must be set prior to saving data.");
    return true;
}

/* Puts a revision that is saving in the place of the one that was looked at. */
static bool image_becomes_saving(struct exchange *exchange, struct upload *upload)
{
    if (upload->into_nothing)
        return true;
    struct image_draft *draft = image_revise(upload->image);
    draft->status = IMAGE_SAVING;
    struct image *saving = store_revision(exchange, upload->image, draft);
    if (!saving)
        return false;
    image_unref(upload->image);
    upload->image = saving;
    upload->started = true;
    return true;
}

static bool storage_is_good(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    (void)upload;
    if (exchange_meets(exchange, CONDITION_STORE_DISABLED))
        return refuse(refusal, 410, "Error in store configuration. Adding images to store is disabled.");
    if (exchange_meets(exchange, CONDITION_STORAGE_READONLY))
        return refuse(refusal, 503, "Insufficient permissions on image storage media.");
    if (exchange_meets(exchange, CONDITION_STORAGE_FULL) &&
        exchange_obeys(exchange, RULE_UPLOAD_NEEDS_FREE_STORAGE))
        return refuse(refusal, 413, "Image storage media is full.");
    return true;
}

/* True for INTAKE_GOOD. */
static bool permit_result(const struct upload *upload, enum intake_result result, struct refusal *refusal)
{
    return result == INTAKE_GOOD || refuse_intake(refusal, 413, result, &upload->terms);
}

static uint64_t limit_where(struct exchange *exchange, enum rule rule, enum limit limit)
{
    if (!exchange_obeys(exchange, rule))
        return UINT64_MAX;
    return exchange_limit(exchange, limit);
}

/* What the length announced by HTTP already gives away needs no wait for the body. */
static bool length_fits(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    uint64_t length;
    upload->terms = (struct intake_terms){
        .project = exchange->identity.project,
        .cap_bytes = limit_where(exchange, RULE_UPLOAD_NEEDS_SIZE_WITHIN_CAP, LIMIT_IMAGE_SIZE_CAP),
        .quota_bytes = limit_where(exchange, RULE_UPLOAD_NEEDS_QUOTA, LIMIT_PROJECT_QUOTA),
        .unbounded = !exchange_obeys(exchange, RULE_UPLOAD_NEEDS_FREE_STORAGE),
    };
    if (!exchange_length(exchange, &length))
        return true;
    if (upload->announced && length != upload->announced_bytes)
        return refuse_other_size(refusal, length, upload->announced_bytes);
    return permit_result(upload, intake_fits(&upload->terms, length), refusal);
}

static bool pass(struct exchange *exchange, struct upload *upload, step_fn *const *steps,
                 struct refusal *refusal)
{
    for (; *steps; steps++) {
        if (!(*steps)(exchange, upload, refusal))
            return false;
    }
    return true;
}

/* The steps that look at the image. Two rules are about the order: broken, another order is taken. */
static bool image_takes_data(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    static step_fn *const policy_first[] = {image_is_there, policy_permits, status_permits, NULL};
    static step_fn *const status_first[] = {image_is_there, status_permits, policy_permits, NULL};
    bool right = exchange_obeys(exchange, RULE_UPLOAD_POLICY_BEFORE_STATUS);
    return pass(exchange, upload, right ? policy_first : status_first, refusal);
}

static bool request_is_good(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    static step_fn *const steps[] = {type_is_good, framing_is_good, size_header_is_good, store_is_known,
                                     NULL};
    if (!exchange_obeys(exchange, RULE_UPLOAD_TYPE_BEFORE_IMAGE) &&
        !image_is_there(exchange, upload, refusal))
        return false;
    return pass(exchange, upload, steps, refusal);
}

/* Another revision may come between the look and the change: then the image is looked at again. */
static bool start(struct exchange *exchange, struct upload *upload, struct refusal *refusal)
{
    static step_fn *const steps[] = {storage_is_good, length_fits, NULL};
    if (!request_is_good(exchange, upload, refusal))
        return false;
    do {
        if (!image_takes_data(exchange, upload, refusal))
            return false;
    } while (!image_becomes_saving(exchange, upload));
    return pass(exchange, upload, steps, refusal);
}

/* The image is queued again, where it still is what this upload has made of it. A change that
 * somebody makes to it meanwhile is kept. */
static void give_back(struct upload *upload, enum rule rule)
{
    struct exchange *exchange = upload->exchange;
    bool again = upload->started && exchange_obeys(exchange, rule);
    upload->started = false;
    while (again) {
        CLEANUP(image_unref) struct image *image = store_get(exchange->mock->store, image_id(upload->image));
        if (!image || image_status(image) != IMAGE_SAVING)
            return;
        struct image_draft *draft = image_revise(image);
        draft->status = IMAGE_QUEUED;
        CLEANUP(image_unref) struct image *queued = store_revision(exchange, image, draft);
        again = !queued;
    }
}

static void answer_refused(struct upload *upload, const struct refusal *refusal)
{
    give_back(upload, RULE_UPLOAD_REFUSED_STAYS_QUEUED);
    intake_free(TAKE(upload->intake));
    answer_refusal(upload->exchange, refusal);
}

static void begin(struct exchange *exchange)
{
    struct refusal refusal;
    struct upload *upload = mem_alloc(sizeof *upload);
    exchange->state = upload;
    upload->exchange = exchange;
    if (!start(exchange, upload, &refusal)) {
        answer_refused(upload, &refusal);
        return;
    }
    upload->intake = intake_new(exchange->mock, &upload->terms);
}

static void data(struct exchange *exchange, const void *bytes, size_t length)
{
    struct upload *upload = exchange->state;
    struct refusal refusal;
    if (!permit_result(upload, intake_take(upload->intake, bytes, length), &refusal))
        answer_refused(upload, &refusal);
}

static bool data_are_good(const struct upload *upload, struct refusal *refusal)
{
    uint64_t size = intake_length(upload->intake);
    if (upload->announced && size != upload->announced_bytes)
        return refuse_other_size(refusal, size, upload->announced_bytes);
    if (size == 0 && !exchange_obeys(upload->exchange, RULE_UPLOAD_ACCEPTS_EMPTY))
        return refuse(refusal, 400, "There are no data in the request");
    return permit_result(upload, intake_close(upload->intake), refusal);
}

static void taken_in(void *context)
{
    exchange_resume(context);
}

static void end(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    struct refusal refusal;
    if (!data_are_good(upload, &refusal)) {
        answer_refused(upload, &refusal);
        return;
    }
    exchange_suspend(exchange);
    intake_finish(upload->intake, taken_in, exchange);
}

static struct image_draft *draft_with_data(const struct upload *upload, const struct image *image)
{
    struct image_draft *draft = image_revise(image);
    bool active = exchange_obeys(upload->exchange, RULE_UPLOAD_BECOMES_ACTIVE);
    draft->status = active ? IMAGE_ACTIVE : IMAGE_SAVING;
    image_set_data(draft, intake_data(upload->intake), intake_sums(upload->intake), upload->store);
    return draft;
}

/* Gives the image its data. False when it has been deleted meanwhile. */
static bool commit(struct upload *upload)
{
    struct mock *mock = upload->exchange->mock;
    for (;;) {
        CLEANUP(image_unref) struct image *image = store_get(mock->store, image_id(upload->image));
        CLEANUP(image_unref)
        struct image *next =
            image ? store_revision(upload->exchange, image, draft_with_data(upload, image)) : NULL;
        if (next)
            return true;
        if (!image && exchange_obeys(upload->exchange, RULE_UPLOAD_LOST_WHEN_DELETED))
            return false;
        if (!image) {
            store_put(mock->store, image_seal(draft_with_data(upload, upload->image)));
            return true;
        }
    }
}

static void resume(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    if (!exchange_obeys(exchange, RULE_UPLOAD_STORES_DATA))
        data_spoil(intake_data(upload->intake));
    bool stored = upload->into_nothing || commit(upload);
    upload->started = false;
    intake_free(TAKE(upload->intake));
    if (stored)
        answer_empty(exchange, 204);
    else
        answer_error(exchange, 410,
                     "Image %s could not be found after upload. The image may have been deleted "
                     "during the upload.",
                     exchange->parameter);
}

static void gone(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    if (!upload)
        return;
    give_back(upload, RULE_UPLOAD_CUT_OFF_STAYS_QUEUED);
    intake_free(TAKE(upload->intake));
    image_unref(upload->image);
    free(upload);
}

/* Credentials come first; broken, the media type does. */
static void before_token(struct exchange *exchange)
{
    struct refusal refusal;
    if (!exchange_obeys(exchange, RULE_UPLOAD_TOKEN_BEFORE_TYPE) && !type_is_good(exchange, NULL, &refusal))
        answer_refusal(exchange, &refusal);
}

static bool admits_anonymous(const struct exchange *exchange)
{
    return !exchange_obeys(exchange, RULE_UPLOAD_NEEDS_TOKEN);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {204, 200, RULE_UPLOAD_ANSWERS_204}, {400, 422, RULE_UPLOAD_ANSWERS_400},
        {401, 407, RULE_UPLOAD_ANSWERS_401}, {403, 405, RULE_UPLOAD_ANSWERS_403},
        {404, 406, RULE_UPLOAD_ANSWERS_404}, {409, 400, RULE_UPLOAD_ANSWERS_409},
        {410, 404, RULE_UPLOAD_ANSWERS_410}, {413, 400, RULE_UPLOAD_ANSWERS_413},
        {415, 400, RULE_UPLOAD_ANSWERS_415}, {503, 500, RULE_UPLOAD_ANSWERS_503},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_upload_data = {
    .before_token = before_token,
    .admits_anonymous = admits_anonymous,
    .begin = begin,
    .data = data,
    .end = end,
    .resume = resume,
    .gone = gone,
    .status = status,
};
