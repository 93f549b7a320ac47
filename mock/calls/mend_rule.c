#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    struct err err = ERR_INIT;
    if (rules_mend(&exchange->mock->rules, exchange->parameter, &err))
        answer_empty(exchange, 204);
    else
        answer_error(exchange, 404, "%s", err.text);
}

const struct call call_mend_rule = {.admin_call = true, .end = end};
