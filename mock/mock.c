#include "mock/mock.h"

void mock_init(struct mock *mock, const struct mock_options *options)
{
    mock->options = *options;
    mock->store = store_new(&options->switches);
    atomic_init(&mock->budget.used_bytes, 0);
    mock->budget.limit_bytes = options->memory_bytes;
    mock->hashes = hash_pool_new(options->threads > 1 ? options->threads : 2);
    mock->timers = timers_new();
}

void mock_fini(struct mock *mock)
{
    timers_free(mock->timers);
    hash_pool_free(mock->hashes);
    store_free(mock->store);
}
