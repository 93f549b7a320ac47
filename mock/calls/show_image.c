#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = find_readable(exchange, &refusal);
    if (image)
        answer_image(exchange, 200, image);
    else
        answer_refusal(exchange, &refusal);
}

const struct call call_show_image = {.end = end};
