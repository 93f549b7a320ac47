/* PUT /__mock/conditions/{name}?project=P */
#include "mock/admin.h"
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    admin_answer_condition(exchange, true);
}

const struct call call_admin_set_condition = {.answer = answer};
