/* What the query of GET /v2/images asks for (glance-v2/images-images-v2.inc, "List images"). */
#ifndef MOCK_LIST_QUERY_H
#define MOCK_LIST_QUERY_H

#include <stdbool.h>

#include "mock/listing.h"
#include "mock/refusal.h"
#include "mock/target.h"

/* 400 for what no list can be asked for. The list borrows the target and the identity. */
bool list_query_parse(const struct target *target, const struct identity *identity,
                      struct listing *ret_listing, struct refusal *refusal);

#endif
