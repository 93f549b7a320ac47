#include "mock/call.h"
#include "mock/versions.h"

static void answer(struct exchange *exchange)
{
    versions_answer(exchange, 200);
}

const struct call call_list_versions = {.answer = answer};
