/* PUT /__mock/limits/{name}?project=P&value=SIZE */
#include "base/number.h"
#include "mock/admin.h"
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    const char *text = exchange_query(exchange, "value");
    uint64_t value;
    if (!text || !number_parse_size(text, &value))
        exchange_refuse(exchange, 400, "A limit needs ?value=NUMBER, for example 64k.");
    else
        admin_answer_limit(exchange, value);
}

const struct call call_admin_set_limit = {.answer = answer};
