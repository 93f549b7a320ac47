#include "base/number.h"
#include "mock/calls.h"

static void end(struct exchange *exchange)
{
    enum limit limit;
    uint64_t value;
    const char *text = target_query(&exchange->target, "value");
    if (!limit_parse(exchange->parameter, &limit)) {
        answer_error(exchange, 404, "There is no limit '%.64s'.", exchange->parameter);
        return;
    }
    if (!text || !number_parse_size(text, &value)) {
        answer_error(exchange, 400,
                     "The query value=N must give the limit, as a number or a size such as 1M.");
        return;
    }
    settings_set_limit(exchange->mock->settings, limit, target_query(&exchange->target, "project"), value);
    answer_empty(exchange, 204);
}

const struct call call_set_limit = {.admin_call = true, .end = end};
