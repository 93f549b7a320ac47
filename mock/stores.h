/* The stores of a service, by their identifiers. */
#ifndef MOCK_STORES_H
#define MOCK_STORES_H

#include <stdbool.h>

#include "mock/mock.h"

/* Whether a project sees more than one. Takes the lock of the store of images. */
bool stores_are_several(struct mock *mock, const char *project);
/* The same, where what holds for the project is known already. */
bool stores_are_several_under(const struct mock *mock, const struct switches *switches);
/* Static as the options; NULL when there is none of that name. */
const char *stores_find(const struct mock *mock, const char *name);
const char *stores_default(const struct mock *mock);

#endif
