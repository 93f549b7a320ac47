#include <string.h>

#include "base/buf.h"
#include "mock/attributes.h"
#include "mock/calls.h"

#define STORE_NAMES_MAX_BYTES (64 * BUF_KIB)

static bool take_attributes(const json_t *body, json_t *attributes, struct refusal *refusal)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)body); at;
         at = json_object_iter_next((json_t *)(uintptr_t)body, at)) {
        const char *name = json_object_iter_key(at);
        const json_t *value = json_object_iter_value(at);
        if (!attribute_settable(name, refusal) || !attribute_valid(name, value, refusal))
            return false;
        if (strcmp(name, "id") != 0)
            attribute_set(attributes, name, value);
    }
    return true;
}

static bool check(struct exchange *exchange, const json_t *body, json_t *attributes, struct refusal *refusal)
{
    const struct identity *identity = &exchange->identity;
    if (!json_is_object(body))
        return refuse(refusal, 400, "The body must be a JSON object");
    if (!identity->member)
        return refuse(refusal, 403, "You are not authorized to complete add_image action.");
    json_t *before = json_copy(attributes);
    bool good = take_attributes(body, attributes, refusal) &&
                attributes_permitted(before, attributes, identity, refusal) &&
                limits_permit(exchange, attributes, refusal);
    json_decref(before);
    return good;
}

/* glance-v2/images-images-v2.inc, "Create image": only where there are several. */
static void name_stores(struct exchange *exchange)
{
    const struct mock *mock = exchange->mock;
    struct buf names;
    buf_init(&names, STORE_NAMES_MAX_BYTES);
    for (size_t i = 0; i < mock->store_count; i++)
        buf_printf(&names, "%s%s", i > 0 ? "," : "", mock->stores[i]);
    if (mock->store_count > 1)
        answer_header_copy(exchange, "OpenStack-image-store-ids", names.data);
    buf_fini(&names);
}

static void create(struct exchange *exchange, const json_t *body, json_t *attributes)
{
    char id[UUID_SIZE];
    const char *wanted = json_string_value(json_object_get(body, "id"));
    if (wanted)
        memcpy(id, wanted, UUID_SIZE);
    else
        uuid_make(id);
    CLEANUP(image_unref) struct image *image = image_seal(image_new(id, json_incref(attributes)));
    if (!store_add(exchange->mock->store, image_ref(image))) {
        answer_error(exchange, 409, "Image ID %s already exists!", id);
        return;
    }
    answer_headerf(exchange, "Location", "/v2/images/%s", id);
    answer_header(exchange, "OpenStack-image-import-methods", "glance-direct,web-download");
    name_stores(exchange);
    answer_image(exchange, 201, image);
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    json_t *body = parse_json_body(exchange, &refusal);
    const char *project = exchange->identity.project;
    json_t *attributes = attributes_default(*project ? project : NULL);
    if (body && check(exchange, body, attributes, &refusal))
        create(exchange, body, attributes);
    else
        answer_refusal(exchange, &refusal);
    json_decref(attributes);
    json_decref(body);
}

const struct call call_create_image = {.takes_json = true, .end = end};
