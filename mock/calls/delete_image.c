#include "mock/calls.h"

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_delete(struct exchange *exchange)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = find_writable(exchange, &refusal);
    if (!image) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    if (image_protected(image)) {
        answer_error(exchange, 403, "Image %s is protected and cannot be deleted.", image_id(image));
        return true;
    }
    if (!store_remove(exchange->mock->store, image))
        return false;
    answer_empty(exchange, 204);
    return true;
}

static void end(struct exchange *exchange)
{
    while (!try_delete(exchange))
        ;
}

const struct call call_delete_image = {.end = end};
