#include "mock/v1/taking.h"

#include <stdio.h>
#include <string.h>

#include "mock/calls.h"

/* Rules that POST and PUT have both. */
struct kind_rules {
    enum rule size_matches;
    enum rule size_accepted;
    enum rule checksum_matches;
    enum rule checksum_accepted;
    enum rule mismatch_kills;
    enum rule becomes_active;
    enum rule stores_data;
};

static const struct kind_rules rules_of[] = {
    [V1_CREATE] = {RULE_V1_CREATE_SIZE_MATCHES, RULE_V1_CREATE_SIZE_ACCEPTED, RULE_V1_CREATE_CHECKSUM_MATCHES,
                   RULE_V1_CREATE_CHECKSUM_ACCEPTED, RULE_V1_CREATE_MISMATCH_KILLS,
                   RULE_V1_CREATE_BECOMES_ACTIVE, RULE_V1_CREATE_STORES_DATA},
    [V1_UPDATE] = {RULE_V1_UPDATE_SIZE_MATCHES, RULE_V1_UPDATE_SIZE_ACCEPTED, RULE_V1_UPDATE_CHECKSUM_MATCHES,
                   RULE_V1_UPDATE_CHECKSUM_ACCEPTED, RULE_V1_UPDATE_MISMATCH_KILLS,
                   RULE_V1_UPDATE_BECOMES_ACTIVE, RULE_V1_UPDATE_STORES_DATA},
};

static bool obeys(const struct v1_taking *taking, enum rule rule)
{
    return rule_obeyed(&taking->mock->rules, rule);
}

static uint64_t limit_where(const struct exchange *exchange, enum rule rule, enum limit limit)
{
    return exchange_obeys(exchange, rule) ? exchange_limit(exchange, limit) : UINT64_MAX;
}

/* A size of 0 counts as one that was not announced (truth, images-v1). What was announced when the image was
 * reserved holds unless the request announces something else. */
static void note_announced(struct v1_taking *taking, const struct v1_meta *meta, const struct image *image)
{
    bool reserved = image && !image_data(image) && obeys(taking, RULE_V1_UPDATE_MATCHES_WHAT_WAS_RESERVED);
    const char *checksum = v1_text(meta, V1_CHECKSUM);
    taking->announced_bytes = meta->numbers[V1_SIZE].value;
    if (!taking->announced_bytes && reserved)
        taking->announced_bytes = image_size(image);
    if (!checksum && reserved)
        checksum = image_md5(image);
    snprintf(taking->announced_checksum, sizeof taking->announced_checksum, "%s", checksum ? checksum : "");
}

void v1_taking_init(struct v1_taking *taking, const struct exchange *exchange, const struct v1_meta *meta,
                    const struct image *image)
{
    const char *store = v1_text(meta, V1_STORE);
    struct mock *mock = exchange->mock;
    *taking = (struct v1_taking){.mock = mock, .kind = meta->kind};
    memcpy(taking->project, exchange->identity.project, sizeof taking->project);
    taking->store = store ? mock_store(mock, store) : mock->stores[0];
    taking->terms = (struct intake_terms){
        .project = taking->project,
        .cap_bytes = limit_where(exchange, RULE_V1_CREATE_SIZE_CAP_CHUNKED, LIMIT_IMAGE_SIZE_CAP),
        .quota_bytes = limit_where(exchange, RULE_V1_CREATE_STORAGE_QUOTA, LIMIT_PROJECT_QUOTA),
    };
    note_announced(taking, meta, image);
    if (image)
        taking->image = image_ref((struct image *)(uintptr_t)image);
}

static void remember(struct v1_taking *taking, struct image *image)
{
    image_unref(taking->image);
    taking->image = image;
}

/* Puts a revision of that status in the place of `image`; false when it is not there any more. */
static bool set_status(struct v1_taking *taking, struct image *image, enum image_status status)
{
    struct image_draft *draft = image_revise(image);
    draft->status = status;
    CLEANUP(image_unref) struct image *next = image_seal(draft);
    if (!store_replace(taking->mock->store, image, image_ref(next)))
        return false;
    remember(taking, TAKE(next));
    return true;
}

/* The image as it is now, where it still is what this made of it. */
static struct image *current(const struct v1_taking *taking)
{
    struct image *image = store_get(taking->mock->store, image_id(taking->image));
    if (image && image_status(image) == image_status(taking->image))
        return image;
    image_unref(image);
    return NULL;
}

bool v1_taking_begin(struct v1_taking *taking, struct refusal *refusal)
{
    taking->intake = intake_new(taking->mock, &taking->terms);
    while (taking->image) {
        CLEANUP(image_unref) struct image *image = current(taking);
        if (!image)
            return refuse(refusal, 409, "Cannot upload to an unqueued image");
        if (set_status(taking, image, IMAGE_SAVING)) {
            taking->saving = true;
            return true;
        }
    }
    return true;
}

bool v1_taking_take(struct v1_taking *taking, const void *bytes, size_t length, struct refusal *refusal)
{
    enum intake_result result = intake_take(taking->intake, bytes, length);
    return result == INTAKE_GOOD || refuse_intake(refusal, 413, result, &taking->terms);
}

bool v1_taking_close(struct v1_taking *taking, struct refusal *refusal)
{
    const struct kind_rules *rules = &rules_of[taking->kind];
    uint64_t announced = taking->announced_bytes;
    uint64_t length = intake_length(taking->intake);
    bool matches = !announced || announced == length;
    bool refused =
        matches ? announced && !obeys(taking, rules->size_accepted) : obeys(taking, rules->size_matches);
    if (refused)
        return refuse(refusal, 400,
                      "Supplied size (%lu) and size generated from uploaded image (%lu) did not match.",
                      (unsigned long)announced, (unsigned long)length);
    enum intake_result result = intake_close(taking->intake);
    return result == INTAKE_GOOD || refuse_intake(refusal, 413, result, &taking->terms);
}

bool v1_taking_check(const struct v1_taking *taking, struct refusal *refusal)
{
    const struct kind_rules *rules = &rules_of[taking->kind];
    const char *announced = taking->announced_checksum;
    const char *checksum = intake_sums(taking->intake)->md5;
    bool matches = !*announced || strcmp(announced, checksum) == 0;
    bool refused = matches ? *announced && !obeys(taking, rules->checksum_accepted)
                           : obeys(taking, rules->checksum_matches);
    return !refused ||
           refuse(refusal, 400,
                  "Supplied checksum (%s) and checksum generated from uploaded image (%s) did not match.",
                  announced, checksum);
}

void v1_taking_give(const struct v1_taking *taking, struct image_draft *draft)
{
    static const struct hashing_sums unknown;
    const struct kind_rules *rules = &rules_of[taking->kind];
    const struct hashing_sums *sums = taking->located ? &unknown : intake_sums(taking->intake);
    if (!obeys(taking, rules->stores_data))
        data_spoil(intake_data(taking->intake));
    draft->status = obeys(taking, rules->becomes_active) ? IMAGE_ACTIVE : IMAGE_SAVING;
    image_set_data(draft, intake_data(taking->intake), sums, taking->store);
    draft->size += taking->located && !obeys(taking, RULE_V1_CREATE_FROM_LOCATION_SIZE);
}

bool v1_taking_commit(struct v1_taking *taking, struct refusal *refusal)
{
    for (;;) {
        CLEANUP(image_unref) struct image *image = current(taking);
        if (!image)
            return refuse(refusal, 412,
                          "Image %s could not be found after upload. The image may have been deleted during "
                          "the upload.",
                          image_id(taking->image));
        struct image_draft *draft = image_revise(image);
        v1_taking_give(taking, draft);
        CLEANUP(image_unref) struct image *next = image_seal(draft);
        if (store_replace(taking->mock->store, image, image_ref(next))) {
            remember(taking, TAKE(next));
            taking->saving = false;
            return true;
        }
    }
}

void v1_taking_leave(struct v1_taking *taking, enum image_status left)
{
    bool obeyed = left != IMAGE_KILLED || obeys(taking, rules_of[taking->kind].mismatch_kills);
    enum image_status status = obeyed ? left : IMAGE_QUEUED;
    while (taking->image && image_status(taking->image) != status) {
        CLEANUP(image_unref) struct image *image = current(taking);
        if (!image || set_status(taking, image, status))
            break;
    }
    taking->saving = false;
}

void v1_taking_fini(struct v1_taking *taking)
{
    if (taking->saving)
        v1_taking_leave(taking, IMAGE_KILLED);
    intake_free(TAKE(taking->intake));
    image_unref(TAKE(taking->image));
}
