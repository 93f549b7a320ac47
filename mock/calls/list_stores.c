/* GET /v2/info/stores: glance-v2/discovery.inc, "List stores". */
#include "mock/call.h"
#include "mock/stores.h"

static void answer(struct exchange *exchange)
{
    struct mock *mock = exchange->mock;
    if (!stores_are_several(mock, exchange->identity.project)) {
        exchange_refuse(exchange, 404, "Multi backend is not supported at this site.");
        return;
    }
    json_t *stores = json_array();
    for (size_t i = 0; i < mock->options.store_count; i++) {
        json_t *store = json_pack("{s:s}", "id", mock->options.stores[i]);
        if (i == 0)
            json_object_set_new(store, "default", json_string("true"));
        json_array_append_new(stores, store);
    }
    exchange_answer_json(exchange, 200, json_pack("{s:o}", "stores", stores));
}

const struct call call_list_stores = {.answer = answer};
