/* POST /v2/images/{image_id}/actions/reactivate: glance-v2/images-images-v2.inc, "Reactivate image". */
#include "mock/activation.h"
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    activation_answer(exchange, "active");
}

const struct call call_reactivate_image = {.answer = answer};
