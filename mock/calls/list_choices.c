#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/versions.h"

static void end(struct exchange *exchange)
{
    const struct mock *mock = exchange->mock;
    bool root = exchange->target.segment_count == 1 && !*exchange->target.segments[0];
    if (!root && !exchange_obeys(exchange, RULE_V1_VERSIONS_UNKNOWN_VERSION_IS_300)) {
        answer_error(exchange, 404, "The resource could not be found.");
        return;
    }
    bool right = !root || exchange_obeys(exchange, RULE_V1_VERSIONS_ROOT_ANSWERS_300);
    answer_json(exchange, right ? 300 : 200,
                versions_json(&mock->rules, mock->apis, exchange_header(exchange, "Host")));
}

const struct call call_list_choices = {.open = true, .before_token = v1_ask_for_token, .end = end};
