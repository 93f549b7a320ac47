#include "mock/mock.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/image_json.h"

/* Two lanes are busy for each upload; more threads than four only take turns on small machines. */
#define WORKER_COUNT 4

void mock_init(struct mock *mock)
{
    *mock = (struct mock){.apis = APIS_ALL,
                          .memory_bytes = UINT64_C(2) << 30,
                          .settings = settings_new(),
                          .fetcher = fetcher_new()};
}

void mock_start(struct mock *mock)
{
    if (!mock->store_count)
        *mem_append(&mock->stores, &mock->store_count) = mem_dup("default");
    settings_started(mock->settings);
    mock->space = space_new(mock->memory_bytes);
    mock->workers = workers_new(WORKER_COUNT);
    mock->store = store_new();
    if (!mock->gns3_images)
        mock->gns3_images = gns3_images_new_memory(mock->space);
}

void mock_fini(struct mock *mock)
{
    fetcher_free(mock->fetcher);
    workers_free(mock->workers);
    store_free(mock->store);
    gns3_images_free(mock->gns3_images);
    free(mock->gns3_credentials);
    space_free(mock->space);
    settings_free(mock->settings);
    for (size_t i = 0; i < mock->store_count; i++)
        free(mock->stores[i]);
    free(mock->stores);
}

bool mock_multistore(const struct mock *mock)
{
    return mock->store_count > 1;
}

const char *mock_store(const struct mock *mock, const char *name)
{
    for (size_t i = 0; i < mock->store_count; i++) {
        if (strcmp(mock->stores[i], name) == 0)
            return mock->stores[i];
    }
    return NULL;
}

void mock_show(const struct mock *mock, const struct image *image, struct buf *out)
{
    image_json(image, &mock->rules, mock_multistore(mock), out);
}
