/* DELETE /__mock/limits/{name}?project=P */
#include "mock/admin.h"
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    admin_answer_limit(exchange, LIMIT_NONE);
}

const struct call call_admin_clear_limit = {.answer = answer};
