#include "mock/stores.h"

#include <string.h>

bool stores_are_several_under(const struct mock *mock, const struct switches *switches)
{
    return mock->options.store_count > 1 && !switches->conditions[CONDITION_SINGLE_STORE];
}

bool stores_are_several(struct mock *mock, const char *project)
{
    store_read(mock->store);
    struct switches switches = store_switches(mock->store, project);
    store_unlock(mock->store);
    return stores_are_several_under(mock, &switches);
}

const char *stores_find(const struct mock *mock, const char *name)
{
    for (size_t i = 0; i < mock->options.store_count; i++)
        if (strcmp(mock->options.stores[i], name) == 0)
            return mock->options.stores[i];
    return NULL;
}

const char *stores_default(const struct mock *mock)
{
    return mock->options.stores[0];
}
