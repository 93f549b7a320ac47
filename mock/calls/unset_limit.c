#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    enum limit limit;
    if (!limit_parse(exchange->parameter, &limit)) {
        answer_error(exchange, 404, "There is no limit '%.64s'.", exchange->parameter);
        return;
    }
    settings_unset_limit(exchange->mock->settings, limit, target_query(&exchange->target, "project"));
    answer_empty(exchange, 204);
}

const struct call call_unset_limit = {.admin_call = true, .end = end};
