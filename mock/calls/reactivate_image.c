#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    switch_status(exchange, IMAGE_ACTIVE);
}

const struct call call_reactivate_image = {.end = end};
