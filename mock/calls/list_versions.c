#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/versions.h"

static void end(struct exchange *exchange)
{
    const struct mock *mock = exchange->mock;
    int status = exchange_obeys(exchange, RULE_V1_VERSIONS_ANSWERS_200) ? 200 : 203;
    answer_json(exchange, status, versions_json(&mock->rules, mock->apis, exchange_header(exchange, "Host")));
}

const struct call call_list_versions = {.open = true, .before_token = v1_ask_for_token, .end = end};
