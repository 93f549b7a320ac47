/* POST /v1/images (glance-v1/images-images-v1.inc, "Create image"; seeds/001; truth, images-v1). */
#include <stdio.h>

#include "mock/attributes.h"
#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/terms.h"
#include "mock/v1/write.h"
#include "mock/wrong_status.h"

struct required {
    enum v1_text text;
    const char *name;
    enum rule rule;
};

/* What a record without data must have too, on the old page about creating an image. What one with data must
 * have is looked at when the record is there. */
static const struct required required_of_create_page[] = {
    {V1_NAME, "name", RULE_V1_CREATE_REQUIRES_NAME},
    {V1_DISK_FORMAT, "disk_format", RULE_V1_CREATE_REQUIRES_DISK_FORMAT},
    {V1_CONTAINER_FORMAT, "container_format", RULE_V1_CREATE_REQUIRES_CONTAINER_FORMAT},
};

static bool required_are_given(const struct exchange *exchange, const struct v1_meta *meta,
                               struct refusal *refusal)
{
    size_t count = sizeof required_of_create_page / sizeof required_of_create_page[0];
    bool required_too = exchange->mock->edition == EDITION_CREATE_PAGE && !meta->has_data;
    for (size_t i = 0; required_too && i < count; i++) {
        const struct required *required = &required_of_create_page[i];
        if (!v1_text(meta, required->text) && exchange_obeys(exchange, required->rule))
            return refuse(refusal, 400, "The image's %s must be specified.", required->name);
    }
    return v1_text(meta, V1_NAME) || exchange_obeys(exchange, RULE_V1_CREATE_RESERVES_WITHOUT_METADATA) ||
           refuse(refusal, 400, "The image's name must be specified.");
}

static bool name_is_free(struct exchange *exchange, const struct v1_meta *meta, struct refusal *refusal)
{
    const struct selection same = {.name = v1_text(meta, V1_NAME),
                                   .owner = exchange->identity.project,
                                   .status = IMAGE_STATUS_COUNT,
                                   .visibilities = (1U << VISIBILITY_COUNT) - 1};
    struct image *image;
    if (!same.name || exchange_obeys(exchange, RULE_V1_CREATE_NAME_NOT_UNIQUE) ||
        store_select(exchange->mock->store, &same, 1, UINT64_MAX, false, &image, 1) == 0)
        return true;
    image_unref(image);
    return refuse(refusal, 409, "An image of that name exists.");
}

static json_t *attributes_of(const struct exchange *exchange, const struct v1_meta *meta)
{
    const char *project = exchange->identity.project;
    json_t *attributes = attributes_default(*project ? project : NULL);
    if (!exchange_obeys(exchange, RULE_V1_CREATE_IS_PRIVATE) && !meta->flags[V1_IS_PUBLIC].given)
        json_object_set_new(attributes, "visibility", json_string("public"));
    v1_meta_apply(meta, exchange, attributes);
    return attributes;
}

/* What is announced of the data is held against them when they come (truth: "those given when reserving
 * count too"). */
static void announce(const struct exchange *exchange, const struct v1_meta *meta, struct image_draft *draft)
{
    const char *checksum = v1_text(meta, V1_CHECKSUM);
    bool shown = exchange_obeys(exchange, RULE_V1_CREATE_SIZE_ANNOUNCED_IS_SHOWN);
    draft->size_known = shown && meta->numbers[V1_SIZE].given;
    draft->size = shown ? meta->numbers[V1_SIZE].value : 0;
    snprintf(draft->sums.md5, sizeof draft->sums.md5, "%s", checksum ? checksum : "");
}

/* An image that is announced to have no data is whole as it is. */
static enum image_status first_status(const struct exchange *exchange, const struct v1_meta *meta)
{
    bool empty = meta->numbers[V1_SIZE].given && meta->numbers[V1_SIZE].value == 0;
    bool comes = meta->has_data || meta->copy_from;
    bool whole = empty && exchange_obeys(exchange, RULE_V1_CREATE_NO_DATA_ANNOUNCED_IS_ACTIVE);
    bool queued = comes || (!whole && exchange_obeys(exchange, RULE_V1_CREATE_RESERVES));
    return queued ? IMAGE_QUEUED : IMAGE_ACTIVE;
}

static struct image_draft *draft_of(const struct exchange *exchange, const struct v1_meta *meta,
                                    const struct v1_taking *taking, json_t *attributes)
{
    char id[UUID_SIZE];
    if (v1_text(meta, V1_ID))
        snprintf(id, sizeof id, "%s", v1_text(meta, V1_ID));
    else
        uuid_make(id);
    struct image_draft *draft = image_new(id, attributes);
    announce(exchange, meta, draft);
    if (taking)
        v1_taking_give(taking, draft);
    else
        draft->status = first_status(exchange, meta);
    return draft;
}

static struct image *add_record(struct exchange *exchange, const struct v1_meta *meta,
                                const struct v1_taking *taking, struct refusal *refusal)
{
    if (!required_are_given(exchange, meta, refusal) || !name_is_free(exchange, meta, refusal))
        return NULL;
    json_t *attributes = attributes_of(exchange, meta);
    if (!v1_properties_within(exchange, attributes, refusal)) {
        json_decref(attributes);
        return NULL;
    }
    CLEANUP(image_unref) struct image *image = image_seal(draft_of(exchange, meta, taking, attributes));
    if (store_add(exchange->mock->store, image_ref(image)))
        return TAKE(image);
    refuse(refusal, 409, "An image with identifier %s already exists", image_id(image));
    return NULL;
}

static void begin(struct exchange *exchange)
{
    v1_write_begin(exchange, V1_CREATE, add_record);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {201, 202, RULE_V1_CREATE_ANSWERS_201},
        {202, 201, RULE_V1_CREATE_ANSWERS_202},
        {400, 422, RULE_V1_CREATE_ANSWERS_400},
        {409, 400, RULE_V1_CREATE_ANSWERS_409},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_create_image = {
    V1_WRITE_MEMBERS,
    .begin = begin,
    .status = status,
};
