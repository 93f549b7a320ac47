#include "mock/admin.h"

void admin_answer_condition(struct exchange *exchange, bool on)
{
    enum condition condition;
    const char *name = exchange_param(exchange, "name");
    if (!condition_find(name, &condition)) {
        exchange_refuse(exchange, 404, "There is no condition %s.", name);
        return;
    }
    struct store *store = exchange->mock->store;
    store_write(store);
    store_set_condition(store, exchange_query(exchange, "project"), condition, on);
    store_unlock(store);
    exchange_answer(exchange, 204);
}

void admin_answer_limit(struct exchange *exchange, uint64_t value)
{
    enum limit limit;
    const char *name = exchange_param(exchange, "name");
    if (!limit_find(name, &limit)) {
        exchange_refuse(exchange, 404, "There is no limit %s.", name);
        return;
    }
    struct store *store = exchange->mock->store;
    store_write(store);
    store_set_limit(store, exchange_query(exchange, "project"), limit, value);
    store_unlock(store);
    exchange_answer(exchange, 204);
}
