#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    answer_header(exchange, "Location", "/v1/");
    answer_empty(exchange, 302);
}

const struct call call_v1_redirect = {.end = end};
