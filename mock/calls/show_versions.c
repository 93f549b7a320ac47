#include "mock/call.h"
#include "mock/versions.h"

static void answer(struct exchange *exchange)
{
    versions_answer(exchange, 300);
}

const struct call call_show_versions = {.answer = answer};
