#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    switch_status(exchange, IMAGE_DEACTIVATED);
}

const struct call call_deactivate_image = {.end = end};
