#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/list.h"

static void end(struct exchange *exchange)
{
    if (exchange_obeys(exchange, RULE_V1_GENERAL_V1_LISTS_IMAGES))
        v1_answer_list(exchange, false);
    else
        answer_error(exchange, 404, "The resource could not be found.");
}

const struct call call_v1_list_root = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = v1_list_status};
