/* What the query of GET /v1/images and /v1/images/detail asks for (glance-v1/images-images-v1.inc, "List
 * images"; truth, images-v1: "Lists"). */
#ifndef MOCK_V1_QUERY_H
#define MOCK_V1_QUERY_H

#include "mock/exchange.h"
#include "mock/listing.h"

struct v1_query {
    const struct exchange *exchange;
    bool detailed;
    struct identity identity; /* whose images are listed: an administrator is one only where it asks as one */
    struct listing listing;   /* borrows the identity above and the target of the exchange */
};

/* 400 for what no list can be asked for. The query must stay where it is. */
bool v1_query_parse(const struct exchange *exchange, bool detailed, struct v1_query *query,
                    struct refusal *refusal);

/* The rule of the list that is asked for. */
static inline bool v1_list_obeys(const struct v1_query *query, enum rule list, enum rule detail)
{
    return exchange_obeys(query->exchange, query->detailed ? detail : list);
}
#define V1_LIST_OBEYS(query, name) v1_list_obeys(query, RULE_V1_LIST_##name, RULE_V1_DETAIL_##name)

#endif
