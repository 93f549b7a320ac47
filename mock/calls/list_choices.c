#include "mock/calls.h"
#include "mock/versions.h"

static void end(struct exchange *exchange)
{
    answer_json(exchange, 300, versions_json(exchange->mock->apis, exchange_header(exchange, "Host")));
}

const struct call call_list_choices = {.open = true, .end = end};
