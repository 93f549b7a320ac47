/* GET /v2/images/{image_id}: glance-v2/images-images-v2.inc, "Show image". */
#include "mock/call.h"
#include "mock/images.h"

static void answer(struct exchange *exchange)
{
    struct refusal refusal = {0};
    store_read(exchange->mock->store);
    const struct image *image = images_visible(exchange, &refusal);
    struct text *text = image ? text_ref(image->rendered) : NULL;
    store_unlock(exchange->mock->store);
    if (text)
        exchange_answer_text(exchange, 200, "application/json", text);
    else
        exchange_refuse_as(exchange, &refusal);
}

const struct call call_show_image = {.answer = answer};
