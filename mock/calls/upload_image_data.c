/* PUT /v2/images/{image_id}/file: glance-v2/images-data.inc, "Upload binary image data". The order of the
 * checks is that of ../shared/truth/images-v2.md, "PUT /v2/images/{id}/file". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "mock/call.h"
#include "mock/images.h"
#include "mock/stores.h"

#define SLOW_STORAGE_MS 500

/* What a check sees. */
struct attempt {
    const struct exchange *exchange;
    const struct identity *identity;
    struct image *image; /* NULL: there is none */
    struct switches switches;
    bool announced; /* the body's length */
    uint64_t announced_bytes;
    const char *size_header;
    uint64_t used_bytes; /* of the image's project */
    struct refusal refusal;
};

/* ---- the checks: each fills the refusal and returns true when it refuses ---- */

static bool refuses(struct attempt *attempt, int status, const char *text)
{
    refuse(&attempt->refusal, status, "%s", text);
    return true;
}

static bool without_token(struct attempt *attempt)
{
    return !attempt->exchange->authenticated &&
           refuses(attempt, 401, "This server could not verify that you are authorized.");
}

static bool of_another_type(struct attempt *attempt)
{
    static const char type[] = "application/octet-stream";
    const char *header = exchange_header(attempt->exchange, "Content-Type");
    size_t length = strlen(type);
    bool right = header && strncasecmp(header, type, length) == 0 && strchr("; ", header[length]);
    return !right && refuses(attempt, 415, "Unsupported Content-Type: want application/octet-stream.");
}

static bool without_image(struct attempt *attempt)
{
    if (attempt->image)
        return false;
    refuse(&attempt->refusal, 404, "No image found with ID %s",
           exchange_param(attempt->exchange, "image_id"));
    return true;
}

static bool hidden(struct attempt *attempt)
{
    if (!attempt->image || image_visible_to(attempt->image, attempt->identity))
        return false;
    if (!mock_obeys(attempt->exchange->mock, RULE_UPLOAD_HIDES_FOREIGN))
        return refuses(attempt, 403, "The image belongs to another project.");
    refuse(&attempt->refusal, 404, "No image found with ID %s", attempt->image->id);
    return true;
}

static bool by_no_writer(struct attempt *attempt)
{
    return attempt->image && !images_may_write(attempt->image, attempt->identity) &&
           refuses(attempt, 403, "You are not authorized to complete this action.");
}

static bool denied(struct attempt *attempt)
{
    return attempt->switches.conditions[CONDITION_UPLOAD_DENIED] &&
           refuses(attempt, 403, "You are not authorized to complete upload_image action.");
}

static bool without_formats(struct attempt *attempt)
{
    bool disk = !attempt->image || *image_text(attempt->image, "disk_format");
    bool container = !attempt->image || *image_text(attempt->image, "container_format");
    if (disk && container)
        return false;
    refuse(&attempt->refusal, 400, "Properties %s%s%s must be set prior to saving data.",
           disk ? "" : "disk_format", disk || container ? "" : ", ", container ? "" : "container_format");
    return true;
}

static bool not_queued(struct attempt *attempt)
{
    if (!attempt->image || image_has_status(attempt->image, "queued"))
        return false;
    refuse(&attempt->refusal, 409, "Image status transition from %s to saving is not allowed",
           image_text(attempt->image, "status"));
    return true;
}

static bool for_unknown_store(struct attempt *attempt)
{
    const struct mock *mock = attempt->exchange->mock;
    const char *name = exchange_header(attempt->exchange, "X-Image-Meta-Store");
    if (!name || !stores_are_several_under(mock, &attempt->switches) || stores_find(mock, name))
        return false;
    refuse(&attempt->refusal, 400, "Store %s is not configured on this service.", name);
    return true;
}

static bool of_another_size(struct attempt *attempt)
{
    uint64_t size;
    if (!attempt->size_header)
        return false;
    if (!number_parse_u64(attempt->size_header, &size))
        return refuses(attempt, 400, "The header x-openstack-image-size is no number.");
    return attempt->announced && attempt->announced_bytes != size &&
           refuses(attempt, 400, "The size of the data is not that of the header x-openstack-image-size.");
}

static bool into_disabled_store(struct attempt *attempt)
{
    return attempt->switches.conditions[CONDITION_STORE_DISABLED] &&
           refuses(attempt, 410, "The store does not exist any more.");
}

static bool into_readonly_storage(struct attempt *attempt)
{
    return attempt->switches.conditions[CONDITION_STORAGE_READONLY] &&
           refuses(attempt, 503, "Insufficient permissions on image storage media.");
}

static bool into_full_storage(struct attempt *attempt)
{
    return attempt->switches.conditions[CONDITION_STORAGE_FULL] &&
           refuses(attempt, 413, "Image storage media is full.");
}

static bool over_cap(struct attempt *attempt, uint64_t bytes)
{
    uint64_t cap = attempt->switches.limits[LIMIT_IMAGE_SIZE_CAP];
    if (bytes <= cap)
        return false;
    refuse(&attempt->refusal, 413, "The incoming image is too large: at most %" PRIu64 " bytes are allowed.",
           cap);
    return true;
}

static bool over_quota(struct attempt *attempt, uint64_t bytes)
{
    uint64_t quota = attempt->switches.limits[LIMIT_PROJECT_QUOTA];
    if (quota == LIMIT_NONE || attempt->used_bytes + bytes <= quota)
        return false;
    refuse(&attempt->refusal, 413,
           "Image exceeds the storage quota: %" PRIu64 " of %" PRIu64 " bytes are used.", attempt->used_bytes,
           quota);
    return true;
}

static bool announced_over_cap(struct attempt *attempt)
{
    return attempt->announced && over_cap(attempt, attempt->announced_bytes);
}

static bool announced_over_quota(struct attempt *attempt)
{
    return attempt->announced && over_quota(attempt, attempt->announced_bytes);
}

/* No rule of the API: what the mock does when UPLOAD_ACCEPTS_CHUNKED is broken. */
static bool in_chunks(struct attempt *attempt)
{
    return !attempt->announced && !mock_obeys(attempt->exchange->mock, RULE_UPLOAD_ACCEPTS_CHUNKED) &&
           refuses(attempt, 411, "A Content-Length is needed.");
}

enum {
    CHECK_TOKEN,
    CHECK_TYPE,
    CHECK_IMAGE,
    CHECK_HIDDEN,
    CHECK_WRITER,
    CHECK_DENIED,
    CHECK_FORMATS, //
    CHECK_STATUS,
    CHECK_STORE,
    CHECK_SIZE,
    CHECK_DISABLED,
    CHECK_READONLY,
    CHECK_FULL,
    CHECK_CAP, //
    CHECK_QUOTA,
    CHECK_CHUNKS,
    CHECK_COUNT
};

#define ALWAYS RULE_COUNT

static const struct {
    bool (*refuses)(struct attempt *attempt);
    enum rule rule; /* ALWAYS: cannot be broken alone */
} checks[CHECK_COUNT] = {
    [CHECK_TOKEN] = {without_token, RULE_UPLOAD_NEEDS_TOKEN},
    [CHECK_TYPE] = {of_another_type, RULE_UPLOAD_CONTENT_TYPE},
    [CHECK_IMAGE] = {without_image, RULE_UPLOAD_NEEDS_IMAGE},
    [CHECK_HIDDEN] = {hidden, ALWAYS},
    [CHECK_WRITER] = {by_no_writer, RULE_UPLOAD_NEEDS_WRITER},
    [CHECK_DENIED] = {denied, ALWAYS},
    [CHECK_FORMATS] = {without_formats, RULE_UPLOAD_NEEDS_FORMATS},
    [CHECK_STATUS] = {not_queued, RULE_UPLOAD_NEEDS_QUEUED},
    [CHECK_STORE] = {for_unknown_store, RULE_UPLOAD_STORE_HEADER_KNOWN},
    [CHECK_SIZE] = {of_another_size, RULE_UPLOAD_SIZE_HEADER_MATCHES},
    [CHECK_DISABLED] = {into_disabled_store, ALWAYS},
    [CHECK_READONLY] = {into_readonly_storage, ALWAYS},
    [CHECK_FULL] = {into_full_storage, RULE_UPLOAD_NEEDS_FREE_STORAGE},
    [CHECK_CAP] = {announced_over_cap, RULE_UPLOAD_NEEDS_SIZE_WITHIN_CAP},
    [CHECK_QUOTA] = {announced_over_quota, RULE_UPLOAD_NEEDS_QUOTA},
    [CHECK_CHUNKS] = {in_chunks, ALWAYS},
};

/* While the rule is broken the two checks change places. */
static const struct {
    enum rule rule;
    int left;
    int right;
} orders[] = {
    {RULE_UPLOAD_TOKEN_BEFORE_TYPE, CHECK_TOKEN, CHECK_TYPE},
    {RULE_UPLOAD_TYPE_BEFORE_IMAGE, CHECK_TYPE, CHECK_IMAGE},
    {RULE_UPLOAD_POLICY_BEFORE_STATUS, CHECK_WRITER, CHECK_STATUS},
};

static bool passes(struct attempt *attempt)
{
    const struct mock *mock = attempt->exchange->mock;
    int order[CHECK_COUNT];
    for (int i = 0; i < CHECK_COUNT; i++)
        order[i] = i;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (!mock_obeys(mock, orders[i].rule)) {
            order[orders[i].left] = orders[i].right;
            order[orders[i].right] = orders[i].left;
        }
    }
    for (int i = 0; i < CHECK_COUNT; i++) {
        enum rule rule = checks[order[i]].rule;
        if ((rule == ALWAYS || mock_obeys(mock, rule)) && checks[order[i]].refuses(attempt))
            return false;
    }
    return true;
}

/* ---- an upload that has been admitted ---- */

struct upload {
    struct attempt attempt; /* its image is gone when the lock was given back */
    struct identity identity;
    char id[UUID_SIZE];
    bool phantom; /* there is no image: a broken rule */
    const char *store;
    char previous[16]; /* the status to go back to */
    json_t *keepsake;  /* the record, to bring a deleted image back: a broken rule */
    struct blob *blob;
    struct hash_job *hash;
    bool sealed;
    bool slept;
    bool settled; /* stored or put back */
};

static const char *choose_store(const struct attempt *attempt)
{
    const struct mock *mock = attempt->exchange->mock;
    const char *name = exchange_header(attempt->exchange, "X-Image-Meta-Store");
    if (name && mock_obeys(mock, RULE_UPLOAD_STORE_HEADER_PLACES) && stores_find(mock, name))
        return stores_find(mock, name);
    if (!name && !mock_obeys(mock, RULE_UPLOAD_STORE_HEADER_DEFAULT))
        return mock->options.stores[mock->options.store_count - 1];
    return stores_default(mock);
}

/* With the lock of the store. */
static void admit(struct exchange *exchange, struct attempt *attempt, struct upload *upload)
{
    struct mock *mock = exchange->mock;
    struct image *image = attempt->image;
    exchange->state = upload;
    upload->store = choose_store(attempt);
    upload->phantom = !image;
    upload->blob = blob_new(&mock->budget);
    upload->hash = hash_job_new(mock->hashes, upload->blob);
    if (image) {
        memcpy(upload->id, image->id, UUID_SIZE);
        snprintf(upload->previous, sizeof upload->previous, "%s", image_text(image, "status"));
        image_set(image, "status", json_string("saving"));
        images_changed(mock, image);
        if (!mock_obeys(mock, RULE_UPLOAD_LOST_WHEN_DELETED))
            upload->keepsake = json_deep_copy(image->document);
    }
    attempt->image = NULL;
    upload->attempt = *attempt;
}

/* What becomes of the image when an upload of too many data is refused. */
static void kill_if_broken(const struct exchange *exchange, struct image *image, int status)
{
    if (mock_obeys(exchange->mock, RULE_UPLOAD_REFUSED_STAYS_QUEUED) || !image || status != 413)
        return;
    image_set(image, "status", json_string("killed"));
    images_changed(exchange->mock, image);
}

static void begin(struct exchange *exchange)
{
    struct store *store = exchange->mock->store;
    struct upload *upload = mem_alloc(sizeof *upload);
    upload->identity = exchange->identity;
    if (!exchange->authenticated)
        identity_of_anybody(&upload->identity);
    struct attempt attempt = {.exchange = exchange,
                              .identity = &upload->identity,
                              .size_header = exchange_header(exchange, "x-openstack-image-size")};
    attempt.announced = exchange_content_length(exchange, &attempt.announced_bytes);
    store_write(store);
    attempt.image = store_find(store, exchange_param(exchange, "image_id"));
    const char *project = attempt.image ? image_text(attempt.image, "owner") : exchange->identity.project;
    attempt.switches = store_switches(store, project);
    attempt.used_bytes = store_used_bytes(store, project);
    bool passed = passes(&attempt);
    if (passed)
        admit(exchange, &attempt, upload);
    else
        kill_if_broken(exchange, attempt.image, attempt.refusal.status);
    store_unlock(store);
    if (!passed) {
        exchange_refuse_as(exchange, &attempt.refusal);
        free(upload);
    }
}

/* The image is as it was before, whatever had come. */
static void put_back(struct exchange *exchange, struct upload *upload, int status)
{
    struct store *store = exchange->mock->store;
    upload->settled = true;
    store_write(store);
    struct image *image = upload->phantom ? NULL : store_find(store, upload->id);
    if (image) {
        image_set(image, "status", json_string(upload->previous));
        images_changed(exchange->mock, image);
        kill_if_broken(exchange, image, status);
    }
    store_unlock(store);
    hash_job_free(TAKE(upload->hash));
    blob_unref(TAKE(upload->blob));
}

static void give_up(struct exchange *exchange, struct upload *upload)
{
    put_back(exchange, upload, upload->attempt.refusal.status);
    exchange_refuse_as(exchange, &upload->attempt.refusal);
}

static bool too_much(struct exchange *exchange, struct upload *upload, uint64_t bytes)
{
    const struct mock *mock = exchange->mock;
    struct attempt *attempt = &upload->attempt;
    return (mock_obeys(mock, RULE_UPLOAD_NEEDS_SIZE_WITHIN_CAP) && over_cap(attempt, bytes)) ||
           (mock_obeys(mock, RULE_UPLOAD_NEEDS_QUOTA) && over_quota(attempt, bytes));
}

static void data(struct exchange *exchange, const void *bytes, size_t length)
{
    struct upload *upload = exchange->state;
    if (too_much(exchange, upload, blob_size(upload->blob) + length)) {
        give_up(exchange, upload);
    } else if (!blob_append(upload->blob, bytes, length)) {
        refuses(&upload->attempt, 413, "Image storage media is full.");
        give_up(exchange, upload);
    } else {
        hash_job_feed(upload->hash);
    }
}

/* What can be said only when all data are there. */
static bool is_sound(struct exchange *exchange, struct upload *upload)
{
    struct attempt *attempt = &upload->attempt;
    attempt->announced = true;
    attempt->announced_bytes = blob_size(upload->blob);
    if (mock_obeys(exchange->mock, RULE_UPLOAD_SIZE_HEADER_MATCHES) && of_another_size(attempt))
        return false;
    if (!mock_obeys(exchange->mock, RULE_UPLOAD_ACCEPTS_EMPTY) && attempt->announced_bytes == 0)
        return !refuses(attempt, 400, "There are no data.");
    return true;
}

/* While a rule is broken: a digest that is never that of the data, its first digit is another one. */
static json_t *digest_shown(const char *hex, bool truthful)
{
    if (truthful)
        return json_string(hex);
    return json_sprintf("%c%s", hex[0] == '0' ? '1' : '0', hex + 1);
}

static void describe(const struct mock *mock, const struct upload *upload, struct image *image)
{
    json_int_t size = (json_int_t)blob_size(upload->blob);
    image_set(image, "size", json_integer(size + !mock_obeys(mock, RULE_UPLOAD_SHOWS_SIZE)));
    image_set(image, "checksum",
              digest_shown(hash_job_md5(upload->hash), mock_obeys(mock, RULE_UPLOAD_SHOWS_CHECKSUM)));
    image_set(image, "os_hash_algo", json_string("sha512"));
    image_set(image, "os_hash_value",
              digest_shown(hash_job_sha512(upload->hash), mock_obeys(mock, RULE_UPLOAD_SHOWS_HASH)));
    if (stores_are_several_under(mock, &upload->attempt.switches))
        image_set(image, "stores", json_string(upload->store));
    if (mock_obeys(mock, RULE_UPLOAD_BECOMES_ACTIVE))
        image_set(image, "status", json_string("active"));
}

/* With the lock of the store. */
static void store_data(struct mock *mock, struct upload *upload, struct image *image)
{
    blob_unref(image->data);
    image->data = TAKE(upload->blob);
    free(image->md5);
    image->md5 = mem_dup(hash_job_md5(upload->hash));
    image->spoilt = !mock_obeys(mock, RULE_UPLOAD_STORES_DATA);
    store_charge(mock->store, image, blob_size(image->data));
    images_changed(mock, image);
    upload->settled = true;
}

/* The image of the upload, as it is now; with the lock of the store. NULL after refusing. */
static struct image *find_again(struct exchange *exchange, struct upload *upload)
{
    struct store *store = exchange->mock->store;
    struct image *image = store_find(store, upload->id);
    if (!image && upload->keepsake) {
        image = image_new(upload->id, TAKE(upload->keepsake));
        store_add(store, image);
    }
    if (!image)
        refuses(&upload->attempt, 410, "The image was deleted while its data arrived.");
    return image;
}

static void commit(struct exchange *exchange, struct upload *upload)
{
    struct mock *mock = exchange->mock;
    if (upload->phantom) {
        exchange_answer(exchange, 204);
        return;
    }
    store_write(mock->store);
    struct image *image = find_again(exchange, upload);
    bool stored = false;
    if (image) {
        /* Other uploads of the project may have ended since this one began. */
        upload->attempt.used_bytes =
            store_used_bytes(mock->store, image_text(image, "owner")) - image->charged_bytes;
        stored = !too_much(exchange, upload, blob_size(upload->blob));
    }
    if (stored) {
        describe(mock, upload, image);
        store_data(mock, upload, image);
    }
    store_unlock(mock->store);
    if (stored)
        exchange_answer(exchange, 204);
    else
        give_up(exchange, upload);
}

static void resume(void *context)
{
    exchange_resume(context);
}

static bool must_sleep(struct upload *upload)
{
    bool sleeps = upload->attempt.switches.conditions[CONDITION_SLOW_STORAGE] && !upload->slept;
    upload->slept = true;
    return sleeps;
}

static enum call_progress end(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    if (!upload->sealed) {
        if (!is_sound(exchange, upload)) {
            give_up(exchange, upload);
            return CALL_ANSWERED;
        }
        blob_seal(upload->blob);
        hash_job_feed(upload->hash);
        upload->sealed = true;
    }
    if (must_sleep(upload)) {
        timers_add(exchange->mock->timers, SLOW_STORAGE_MS, resume, exchange);
        return CALL_WAITS;
    }
    if (hash_job_wait(upload->hash, resume, exchange))
        return CALL_WAITS;
    commit(exchange, upload);
    return CALL_ANSWERED;
}

static void close_upload(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    if (!upload)
        return;
    if (!upload->settled && mock_obeys(exchange->mock, RULE_UPLOAD_CUT_OFF_STAYS_QUEUED))
        put_back(exchange, upload, 0);
    hash_job_free(upload->hash);
    blob_unref(upload->blob);
    json_decref(upload->keepsake);
    free(upload);
}

static const struct call_stream stream = {begin, data, end, close_upload};

const struct call call_upload_image_data = {.rules = RULE_CALL_UPLOAD, .own_checks = true, .stream = &stream};
