#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    answer_header(exchange, "Location", "/v2/");
    answer_empty(exchange, 302);
}

const struct call call_redirect_v2 = {.end = end};
