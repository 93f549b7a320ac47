/* DELETE /__mock/conditions/{name}?project=P */
#include "mock/admin.h"
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    admin_answer_condition(exchange, false);
}

const struct call call_admin_clear_condition = {.answer = answer};
