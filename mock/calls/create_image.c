/* POST /v2/images: glance-v2/images-images-v2.inc, "Create image". */
#include <string.h>

#include "mock/attributes.h"
#include "mock/call.h"
#include "mock/images.h"

static const char import_methods[] = "glance-direct,web-download,copy-image";

/* Tags are a set. */
static json_t *without_repeats(json_t *tags)
{
    json_t *set = json_array();
    size_t i;
    json_t *tag;
    json_array_foreach (tags, i, tag) {
        size_t j = 0;
        while (j < json_array_size(set) && !json_equal(json_array_get(set, j), tag))
            j++;
        if (j == json_array_size(set))
            json_array_append(set, tag);
    }
    return set;
}

static bool take_attributes(json_t *wanted, json_t *document, struct refusal *refusal)
{
    const char *name;
    json_t *value;
    json_object_foreach (wanted, name, value) {
        if (!attribute_check(name, value, refusal))
            return false;
        json_object_set_new(document, name,
                            strcmp(name, "tags") == 0 ? without_repeats(value) : json_incref(value));
    }
    return true;
}

static bool permitted(const struct identity *identity, const json_t *document, struct refusal *refusal)
{
    const char *owner = json_string_value(json_object_get(document, "owner"));
    const char *visibility = json_string_value(json_object_get(document, "visibility"));
    if (identity->admin)
        return true;
    if (!identity->member)
        return refuse(refusal, 403, "You are not authorized to complete this action.");
    if (owner && strcmp(owner, identity->project) != 0)
        return refuse(refusal, 403, "You are not permitted to create images owned by '%s'.", owner);
    if (strcmp(visibility, "public") == 0)
        return refuse(refusal, 403, "You are not permitted to create public images.");
    return true;
}

/* The document of the new image: a new reference, NULL after refusing. */
static json_t *make_document(const struct exchange *exchange, json_t *wanted, struct refusal *refusal)
{
    if (!json_is_object(wanted)) {
        refuse(refusal, 400, "Provided object does not match schema 'image': it is no object.");
        return NULL;
    }
    json_t *document = attributes_defaults();
    const char *project = exchange->identity.project;
    json_object_set_new(document, "owner", *project ? json_string(project) : json_null());
    if (take_attributes(wanted, document, refusal) && permitted(&exchange->identity, document, refusal))
        return document;
    json_decref(document);
    return NULL;
}

/* Moves `document` into the store; the new image's id goes to `id`. */
static bool add(struct exchange *exchange, json_t *document, char id[static UUID_SIZE],
                struct refusal *refusal)
{
    struct store *store = exchange->mock->store;
    const char *wanted_id = json_string_value(json_object_get(document, "id"));
    struct switches switches = store_switches(store, exchange->identity.project);
    if (!images_within_quota(document, &switches, refusal))
        return false;
    if (wanted_id && store_id_taken(store, wanted_id))
        return refuse(refusal, 409, "Image ID %s already exists!", wanted_id);
    if (wanted_id)
        memcpy(id, wanted_id, UUID_SIZE);
    else
        uuid_make(id);
    store_add(store, image_new(id, json_incref(document)));
    return true;
}

static void answer_created(struct exchange *exchange, const char *id)
{
    struct image *image = store_find(exchange->mock->store, id);
    exchange_answer_text(exchange, 201, "application/json", text_ref(image->rendered));
    exchange_add_header(exchange, "OpenStack-image-import-methods", "%s", import_methods);
    const char *host = exchange_header(exchange, "Host");
    exchange_add_header(exchange, "Location", "http://%s/v2/images/%s", host ? host : "localhost", id);
}

static void answer(struct exchange *exchange)
{
    json_t *wanted = exchange_json(exchange);
    if (!wanted)
        return;
    struct refusal refusal = {0};
    char id[UUID_SIZE];
    json_t *document = make_document(exchange, wanted, &refusal);
    store_write(exchange->mock->store);
    if (document && add(exchange, document, id, &refusal))
        answer_created(exchange, id);
    else
        exchange_refuse_as(exchange, &refusal);
    store_unlock(exchange->mock->store);
    json_decref(document);
    json_decref(wanted);
}

const struct call call_create_image = {.takes_json = true, .answer = answer};
