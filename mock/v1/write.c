#include "mock/v1/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/calls.h"
#include "mock/media_type.h"
#include "mock/v1/copy.h"
#include "mock/v1/terms.h"
#include "mock/v1/written.h"

struct v1_write {
    struct exchange *exchange;
    v1_record_fn *record;
    struct v1_meta meta;
    struct v1_taking taking;
    struct image *image; /* the record, a reference; NULL: not there yet */
    bool fetching;       /* from the location */
    bool fetch_refused;
    struct refusal fetch_refusal;
};

static void answer_refused(struct v1_write *write, enum image_status left, const struct refusal *refusal)
{
    v1_taking_leave(&write->taking, left);
    v1_taking_fini(&write->taking);
    answer_refusal(write->exchange, refusal);
}

/* POST is answered with the status of its edition. */
static void answer_done(struct v1_write *write, const struct image *image)
{
    struct exchange *exchange = write->exchange;
    int created = exchange->mock->edition == EDITION_CREATE_PAGE ? 202 : 201;
    v1_answer_written(exchange, write->meta.kind == V1_CREATE ? created : 200, write->meta.kind, image);
}

/* ---- Before there is a record ---- */

static bool source_is_good(struct v1_write *write, const char **source, enum rule rule,
                           struct refusal *refusal)
{
    if (!*source || fetcher_permits(write->exchange->mock->fetcher, *source, refusal))
        return true;
    *source = NULL;
    return !exchange_obeys(write->exchange, rule);
}

/* Data come from one place. */
static bool sources_are_good(struct v1_write *write, struct refusal *refusal)
{
    struct v1_meta *meta = &write->meta;
    const char **location = &meta->texts[V1_LOCATION].text;
    if (*location && meta->has_data &&
        !exchange_obeys(write->exchange, RULE_V1_CREATE_FROM_LOCATION_BESIDE_DATA))
        *location = NULL;
    if ((*location != NULL) + (meta->copy_from != NULL) + meta->has_data > 1)
        return refuse(refusal, 400, "It is invalid to provide multiple image sources.");
    return source_is_good(write, location, RULE_V1_CREATE_FROM_LOCATION_SCHEME, refusal) &&
           source_is_good(write, &meta->copy_from, RULE_V1_CREATE_COPY_FROM_SCHEME, refusal);
}

static bool policy_permits(const struct v1_write *write, struct refusal *refusal)
{
    bool uploads = write->meta.has_data || write->meta.copy_from;
    if (uploads && exchange_meets(write->exchange, CONDITION_UPLOAD_DENIED))
        return refuse(refusal, 403, "You are not authorized to complete upload_image action.");
    return v1_terms_permit(&write->meta, write->exchange, refusal);
}

/* What is told in advance to be beyond the cap makes no record (truth, images-v1). */
static bool announced_is_good(const struct v1_write *write, struct refusal *refusal)
{
    const struct exchange *exchange = write->exchange;
    uint64_t cap_bytes = exchange_limit(exchange, LIMIT_IMAGE_SIZE_CAP);
    uint64_t length = 0;
    bool told = exchange_length(exchange, &length) && length > 0;
    uint64_t announced = told ? length : write->meta.numbers[V1_SIZE].value;
    if (announced <= cap_bytes)
        return true;
    int status = exchange_obeys(exchange, RULE_V1_CREATE_SIZE_CAP_ANNOUNCED) ? 400 : 413;
    return refuse(refusal, status, "Denying attempt to upload image larger than %lu bytes.",
                  (unsigned long)cap_bytes);
}

static bool request_is_good(struct v1_write *write, enum v1_kind kind, struct refusal *refusal)
{
    return v1_meta_take(write->exchange, kind, &write->meta, refusal) &&
           v1_terms_hold(&write->meta, write->exchange, refusal) && policy_permits(write, refusal) &&
           sources_are_good(write, refusal) && announced_is_good(write, refusal);
}

/* ---- Data ---- */

static bool obeys_create(const struct v1_write *write, enum rule rule)
{
    return write->meta.kind != V1_CREATE || exchange_obeys(write->exchange, rule);
}

static bool formats_are_set(const struct v1_write *write, const struct image *image, struct refusal *refusal)
{
    if (!image_disk_format(image) && obeys_create(write, RULE_V1_CREATE_DATA_NEEDS_DISK_FORMAT))
        return refuse(refusal, 400, "Disk format is not specified.");
    if (!image_container_format(image) && obeys_create(write, RULE_V1_CREATE_DATA_NEEDS_CONTAINER_FORMAT))
        return refuse(refusal, 400, "Container format is not specified.");
    return true;
}

static bool name_is_set(const struct v1_write *write, const struct image *image, struct refusal *refusal)
{
    return write->meta.kind != V1_CREATE || image_name(image) ||
           !exchange_obeys(write->exchange, RULE_V1_CREATE_DATA_NEEDS_NAME) ||
           refuse(refusal, 400, "The name of an image with data must be specified.");
}

static bool type_is_good(const struct v1_write *write, struct refusal *refusal)
{
    const struct exchange *exchange = write->exchange;
    return media_type_is(exchange_header(exchange, "Content-Type"), "application/octet-stream") ||
           !exchange_obeys(exchange, RULE_V1_CREATE_CONTENT_TYPE) ||
           refuse(refusal, 400, "Content-Type must be application/octet-stream");
}

static bool storage_is_good(const struct v1_write *write, struct refusal *refusal)
{
    const struct exchange *exchange = write->exchange;
    uint64_t length;
    if (exchange_meets(exchange, CONDITION_STORE_DISABLED))
        return refuse(refusal, 410, "Error in store configuration. Adding images to store is disabled.");
    if (exchange_meets(exchange, CONDITION_STORAGE_READONLY))
        return refuse(refusal, 503, "Insufficient permissions on image storage media.");
    if (exchange_meets(exchange, CONDITION_STORAGE_FULL))
        return refuse(refusal, 413, "Image storage media is full.");
    if (!exchange_length(exchange, &length))
        return exchange_obeys(exchange, RULE_V1_CREATE_ACCEPTS_CHUNKED) ||
               refuse(refusal, 411, "The size of the data must be known beforehand");
    enum intake_result result = intake_fits(&write->taking.terms, length);
    return result == INTAKE_GOOD || refuse_intake(refusal, 413, result, &write->taking.terms);
}

/* The body follows. What lacks metadata stays queued, everything else that is refused is killed. */
static void begin_upload(struct v1_write *write)
{
    struct refusal refusal;
    bool obeys_stay = exchange_obeys(write->exchange, RULE_V1_CREATE_WITHOUT_FORMAT_STAYS_QUEUED);
    if (!formats_are_set(write, write->image, &refusal) || !name_is_set(write, write->image, &refusal))
        answer_refused(write, obeys_stay ? IMAGE_QUEUED : IMAGE_KILLED, &refusal);
    else if (!type_is_good(write, &refusal) || !storage_is_good(write, &refusal))
        answer_refused(write, IMAGE_KILLED, &refusal);
    else if (!v1_taking_begin(&write->taking, &refusal))
        answer_refusal(write->exchange, &refusal);
}

static void fetch_ended(void *context, const struct refusal *refusal)
{
    struct v1_write *write = context;
    write->fetch_refused = refusal != NULL;
    if (refusal)
        write->fetch_refusal = *refusal;
    exchange_resume(write->exchange);
}

/* The formats that an image with a location will have: those of a new one are in the request. */
static bool fetched_formats_are_set(const struct v1_write *write, struct refusal *refusal)
{
    if (write->image)
        return formats_are_set(write, write->image, refusal);
    return (v1_text(&write->meta, V1_DISK_FORMAT) && v1_text(&write->meta, V1_CONTAINER_FORMAT)) ||
           refuse(refusal, 400, "The formats of an image with a location must be specified.");
}

static void begin_fetch(struct v1_write *write)
{
    struct refusal refusal;
    if (!fetched_formats_are_set(write, &refusal) || !v1_taking_begin(&write->taking, &refusal)) {
        answer_refusal(write->exchange, &refusal);
        return;
    }
    write->taking.located = true;
    write->fetching = true;
}

static void begin_copy(struct v1_write *write)
{
    struct refusal refusal;
    bool right = exchange_obeys(write->exchange, RULE_V1_CREATE_COPY_FROM_ANSWER);
    answer_done(write, write->image);
    if (!v1_taking_begin(&write->taking, &refusal))
        return; /* somebody else has taken the image */
    if (!right)
        v1_taking_leave(&write->taking, IMAGE_ACTIVE);
    v1_copy_later(&write->taking, write->meta.copy_from);
}

/* The record is there, with the data of a new image that has a location. */
static void begin_data(struct v1_write *write)
{
    if (write->meta.has_data)
        begin_upload(write);
    else if (v1_text(&write->meta, V1_LOCATION))
        begin_fetch(write);
    else if (write->meta.copy_from)
        begin_copy(write);
    else
        answer_done(write, write->image);
}

void v1_write_begin(struct exchange *exchange, enum v1_kind kind, v1_record_fn *record)
{
    struct refusal refusal;
    struct v1_write *write = mem_alloc(sizeof *write);
    exchange->state = write;
    write->exchange = exchange;
    write->record = record;
    if (!request_is_good(write, kind, &refusal)) {
        answer_refusal(exchange, &refusal);
        return;
    }
    if (kind == V1_CREATE && v1_text(&write->meta, V1_LOCATION)) {
        v1_taking_init(&write->taking, exchange, &write->meta, NULL);
        begin_fetch(write);
        return;
    }
    write->image = record(exchange, &write->meta, NULL, &refusal);
    if (!write->image) {
        answer_refusal(exchange, &refusal);
        return;
    }
    v1_taking_init(&write->taking, exchange, &write->meta, write->image);
    begin_data(write);
}

void v1_write_data(struct exchange *exchange, const void *bytes, size_t length)
{
    struct v1_write *write = exchange->state;
    struct refusal refusal;
    if (!v1_taking_take(&write->taking, bytes, length, &refusal))
        answer_refused(write, IMAGE_KILLED, &refusal);
}

static void digested(void *context)
{
    exchange_resume(context);
}

void v1_write_end(struct exchange *exchange)
{
    struct v1_write *write = exchange->state;
    struct refusal refusal;
    if (write->fetching) {
        exchange_suspend(exchange);
        v1_copy_start(&write->taking, v1_text(&write->meta, V1_LOCATION), fetch_ended, write);
    } else if (!v1_taking_close(&write->taking, &refusal)) {
        answer_refused(write, IMAGE_KILLED, &refusal);
    } else {
        exchange_suspend(exchange);
        intake_finish(write->taking.intake, digested, exchange);
    }
}

/* Where the data are those of a location, a refusal leaves things as they were. */
static void take_fetched(struct v1_write *write)
{
    struct refusal refusal;
    if (write->fetch_refused) {
        answer_refused(write, IMAGE_QUEUED, &write->fetch_refusal);
    } else if (write->image) {
        if (v1_taking_commit(&write->taking, &refusal))
            answer_done(write, write->taking.image);
        else
            answer_refusal(write->exchange, &refusal);
    } else {
        write->image = write->record(write->exchange, &write->meta, &write->taking, &refusal);
        if (write->image)
            answer_done(write, write->image);
        else
            answer_refusal(write->exchange, &refusal);
    }
}

static void take_uploaded(struct v1_write *write)
{
    struct refusal refusal;
    if (!v1_taking_check(&write->taking, &refusal))
        answer_refused(write, IMAGE_KILLED, &refusal);
    else if (v1_taking_commit(&write->taking, &refusal))
        answer_done(write, write->taking.image);
    else
        answer_refusal(write->exchange, &refusal);
}

void v1_write_resume(struct exchange *exchange)
{
    struct v1_write *write = exchange->state;
    if (write->fetching)
        take_fetched(write);
    else
        take_uploaded(write);
}

/* A body that was cut off leaves its image killed. */
void v1_write_gone(struct exchange *exchange)
{
    struct v1_write *write = exchange->state;
    if (!write)
        return;
    if (write->taking.mock)
        v1_taking_fini(&write->taking);
    image_unref(write->image);
    v1_meta_fini(&write->meta);
    free(write);
}
