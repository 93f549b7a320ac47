/* PATCH /v2/images/{image_id}: glance-v2/images-images-v2.inc, "Update image". */
#include <string.h>

#include "mock/call.h"
#include "mock/images.h"
#include "mock/patch.h"

/* Who may have what the document says after the patch. */
static bool permitted(const struct identity *identity, const struct image *image, json_t *document,
                      struct refusal *refusal)
{
    const char *owner = json_string_value(json_object_get(document, "owner"));
    const char *visibility = json_string_value(json_object_get(document, "visibility"));
    if (identity->admin)
        return true;
    if (strcmp(owner ? owner : "", image_text(image, "owner")) != 0)
        return refuse(refusal, 403, "You are not permitted to give the image to another owner.");
    if (strcmp(visibility, "public") == 0 && strcmp(image_text(image, "visibility"), "public") != 0)
        return refuse(refusal, 403, "You are not permitted to publicize the image.");
    return true;
}

/* With the lock of the store. NULL after refusing. */
static struct image *change(struct exchange *exchange, json_t *patch, enum patch_form form,
                            struct refusal *refusal)
{
    struct store *store = exchange->mock->store;
    struct image *image = images_writable(exchange, refusal);
    json_t *document = image ? patch_apply(patch, form, image->document, refusal) : NULL;
    if (!document)
        return NULL;
    struct switches switches = store_switches(store, image_text(image, "owner"));
    if (!permitted(&exchange->identity, image, document, refusal) ||
        !images_within_quota(document, &switches, refusal)) {
        json_decref(document);
        return NULL;
    }
    uint64_t charged_bytes = image->charged_bytes;
    store_charge(store, image, 0); /* the owner may be another one from here on */
    image_set_document(image, document);
    store_charge(store, image, charged_bytes);
    images_changed(exchange->mock, image);
    return image;
}

static void answer(struct exchange *exchange)
{
    enum patch_form form;
    if (!patch_form_of(exchange_header(exchange, "Content-Type"), &form)) {
        exchange_refuse(exchange, 415, "Unsupported Content-Type: want one of %s.", patch_media_types);
        exchange_add_header(exchange, "Accept-Patch", "%s", patch_media_types);
        return;
    }
    json_t *patch = exchange_json(exchange);
    if (!patch)
        return;
    struct refusal refusal = {0};
    store_write(exchange->mock->store);
    const struct image *image = change(exchange, patch, form, &refusal);
    struct text *text = image ? text_ref(image->rendered) : NULL;
    store_unlock(exchange->mock->store);
    if (text)
        exchange_answer_text(exchange, 200, "application/json", text);
    else
        exchange_refuse_as(exchange, &refusal);
    json_decref(patch);
}

const struct call call_update_image = {.takes_json = true, .answer = answer};
