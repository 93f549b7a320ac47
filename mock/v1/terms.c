#include "mock/v1/terms.h"

#include <string.h>

#include "base/uuid.h"
#include "mock/attributes.h"
#include "mock/v1/formats.h"

#define NAME_LENGTH_MAX ((size_t)255)
#define CHECKSUM_LENGTH ((size_t)32)

static size_t character_count(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool name_is_good(const struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    const char *name = v1_text(meta, V1_NAME);
    size_t length = name ? character_count(name) : 0;
    bool too_long = length > NAME_LENGTH_MAX && exchange_obeys(exchange, RULE_V1_CREATE_NAME_LENGTH);
    bool taken_for_too_long =
        length == NAME_LENGTH_MAX && !exchange_obeys(exchange, RULE_V1_CREATE_NAME_LENGTH_ACCEPTED);
    return (!too_long && !taken_for_too_long) ||
           refuse(refusal, 400, "Image name too long: %lu characters", (unsigned long)length);
}

static bool checksum_is_good(const struct v1_meta *meta, const struct exchange *exchange,
                             struct refusal *refusal)
{
    const char *checksum = v1_text(meta, V1_CHECKSUM);
    return !checksum || strlen(checksum) <= CHECKSUM_LENGTH ||
           !exchange_obeys(exchange, RULE_V1_CREATE_CHECKSUM_LENGTH) ||
           refuse(refusal, 400, "A checksum may have at most 32 characters");
}

static bool id_is_good(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    const char *id = v1_text(meta, V1_ID);
    if (meta->kind != V1_CREATE || !id || uuid_is(id))
        return true;
    meta->texts[V1_ID].text = NULL;
    return !exchange_obeys(exchange, RULE_V1_CREATE_ID_IS_UUID) ||
           refuse(refusal, 400, "Invalid image id format: '%.64s'", id);
}

static bool store_is_good(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    const char *store = v1_text(meta, V1_STORE);
    if (!store || mock_store(exchange->mock, store))
        return true;
    meta->texts[V1_STORE].text = NULL;
    return !exchange_obeys(exchange, RULE_V1_CREATE_STORE_KNOWN) ||
           refuse(refusal, 400, "Required store %.255s is invalid", store);
}

bool v1_terms_hold(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    return name_is_good(meta, exchange, refusal) && checksum_is_good(meta, exchange, refusal) &&
           id_is_good(meta, exchange, refusal) && v1_formats_good(meta, exchange, refusal) &&
           store_is_good(meta, exchange, refusal);
}

static bool is_protected(const char *name)
{
    return strncmp(name, "x_protected", strlen("x_protected")) == 0;
}

static bool sets_protected_property(const struct v1_meta *meta)
{
    const char *name;
    json_t *value;
    json_object_foreach (meta->properties, name, value) {
        if (is_protected(name))
            return true;
    }
    return false;
}

bool v1_protected_kept(const struct exchange *exchange, const struct image *before, const json_t *attributes,
                       struct refusal *refusal)
{
    if (exchange->identity.admin || !exchange_meets(exchange, CONDITION_PROPERTY_PROTECTED))
        return true;
    for (const char *name = NULL; (name = image_next_property(before, name));) {
        if (is_protected(name) && !json_object_get(attributes, name))
            return refuse(refusal, 403, "Property %.255s is protected.", name);
    }
    return true;
}

bool v1_terms_permit(const struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal)
{
    if (exchange->identity.admin)
        return true;
    if (meta->flags[V1_IS_PUBLIC].value && exchange_obeys(exchange, RULE_V1_CREATE_PUBLIC_NEEDS_RIGHT))
        return refuse(refusal, 403, "You are not authorized to complete publicize_image action.");
    if (exchange_meets(exchange, CONDITION_PROPERTY_PROTECTED) && sets_protected_property(meta) &&
        exchange_obeys(exchange, RULE_V1_CREATE_PROTECTED_PROPERTY))
        return refuse(refusal, 403, "Property x_protected is protected.");
    return true;
}

bool v1_properties_within(const struct exchange *exchange, const json_t *attributes, struct refusal *refusal)
{
    bool obeyed = exchange_obeys(exchange, RULE_V1_CREATE_PROPERTY_QUOTA);
    return !obeyed ||
           attributes_within(attributes, UINT64_MAX, exchange_limit(exchange, LIMIT_PROPERTY_QUOTA), refusal);
}
