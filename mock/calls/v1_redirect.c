#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    if (!exchange_obeys(exchange, RULE_V1_GENERAL_REDIRECTS_V1)) {
        answer_error(exchange, 404, "The resource could not be found.");
        return;
    }
    answer_header(exchange, "Location", "/v1/");
    answer_empty(exchange, 302);
}

const struct call call_v1_redirect = {.end = end};
