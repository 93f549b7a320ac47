/* GET /v2/info/stores: glance-v2/discovery.inc, "List stores". */
#include <jansson.h>

#include "mock/calls.h"
#include "mock/mock.h"
#include "mock/settings.h"

static json_t *store_json(const struct mock *mock, size_t index)
{
    json_t *store = json_pack("{s:s}", "id", mock->stores[index]);
    if (index == 0)
        json_object_set_new(store, "default", json_string("true"));
    return store;
}

static void end(struct exchange *exchange)
{
    const struct mock *mock = exchange->mock;
    if (!mock_multistore(mock) ||
        settings_hold(mock->settings, CONDITION_SINGLE_STORE, exchange->identity.project)) {
        answer_error(exchange, 404, "Multi backend is not supported at this site.");
        return;
    }
    json_t *stores = json_array();
    for (size_t i = 0; i < mock->store_count; i++)
        json_array_append_new(stores, store_json(mock, i));
    json_t *body = json_pack("{s:o}", "stores", stores);
    answer_json(exchange, 200, json_dumps(body, 0));
    json_decref(body);
}

const struct call call_list_stores = {.end = end};
