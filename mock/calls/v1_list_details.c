#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/list.h"

static void end(struct exchange *exchange)
{
    v1_answer_list(exchange, true);
}

const struct call call_v1_list_details = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = v1_detail_status};
