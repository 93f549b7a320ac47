/* POST /v2/images/{image_id}/actions/deactivate: glance-v2/images-images-v2.inc, "Deactivate image". */
#include "mock/activation.h"
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    activation_answer(exchange, "deactivated");
}

const struct call call_deactivate_image = {.answer = answer};
