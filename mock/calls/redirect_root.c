#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    exchange_answer(exchange, 302);
    exchange_add_header(exchange, "Location", "/v2/");
}

const struct call call_redirect_root = {.answer = answer};
