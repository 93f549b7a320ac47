#include "mock/activation.h"

#include "mock/images.h"

void activation_answer(struct exchange *exchange, const char *status)
{
    struct refusal refusal = {0};
    store_write(exchange->mock->store);
    struct image *image = images_writable(exchange, &refusal);
    if (image && !image_has_status(image, "active") && !image_has_status(image, "deactivated")) {
        refuse(&refusal, 403, "Not allowed to set the status of image %s from %s to %s.", image->id,
               image_text(image, "status"), status);
    } else if (image) {
        image_set(image, "status", json_string(status));
        images_changed(exchange->mock, image);
    }
    store_unlock(exchange->mock->store);
    if (refusal.status)
        exchange_refuse_as(exchange, &refusal);
    else
        exchange_answer(exchange, 204);
}
