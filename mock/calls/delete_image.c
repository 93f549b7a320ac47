/* DELETE /v2/images/{image_id}: glance-v2/images-images-v2.inc, "Delete image". */
#include "mock/call.h"
#include "mock/images.h"

static void answer(struct exchange *exchange)
{
    struct refusal refusal = {0};
    struct store *store = exchange->mock->store;
    store_write(store);
    struct image *image = images_writable(exchange, &refusal);
    if (image && json_is_true(json_object_get(image->document, "protected")))
        refuse(&refusal, 403, "Image %s is protected and cannot be deleted.", image->id);
    else if (image)
        store_remove(store, image);
    store_unlock(store);
    if (refusal.status)
        exchange_refuse_as(exchange, &refusal);
    else
        exchange_answer(exchange, 204);
}

const struct call call_delete_image = {.answer = answer};
