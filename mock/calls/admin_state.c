/* GET /__mock/state */
#include "mock/call.h"

static void answer(struct exchange *exchange)
{
    struct mock *mock = exchange->mock;
    store_read(mock->store);
    json_int_t images = (json_int_t)store_count(mock->store);
    store_unlock(mock->store);
    json_int_t bytes = (json_int_t)atomic_load(&mock->budget.used_bytes);
    exchange_answer_json(exchange, 200, json_pack("{s:I, s:I}", "images", images, "stored_bytes", bytes));
}

const struct call call_admin_state = {.answer = answer};
