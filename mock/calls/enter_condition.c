#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    enum condition condition;
    if (!condition_parse(exchange->parameter, &condition)) {
        answer_error(exchange, 404, "There is no condition '%.64s'.", exchange->parameter);
        return;
    }
    settings_enter(exchange->mock->settings, condition, target_query(&exchange->target, "project"));
    answer_empty(exchange, 204);
}

const struct call call_enter_condition = {.admin_call = true, .end = end};
