/* Which images a list is about, and in which order: the query of GET /v2/images.
 * Source: glance-v2/images-images-v2.inc, "List images"; ../shared/truth/images-v2.md, "GET /v2/images". */
#ifndef MOCK_LISTING_H
#define MOCK_LISTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mock/exchange.h"

#define LISTING_SORTS_MAX   16
#define LISTING_FILTERS_MAX 64

struct listing_sort {
    const char *key; /* static */
    bool ascending;
};

struct listing_filter {
    const char *name; /* of an attribute, a property, or one of the special filters */
    const char *value;
};

/* Texts are borrowed from the exchange. */
struct listing {
    const struct identity *identity;
    size_t limit;
    const char *marker; /* NULL: from the beginning */
    struct listing_filter filters[LISTING_FILTERS_MAX];
    size_t filter_count;
    struct listing_sort sorts[LISTING_SORTS_MAX];
    size_t sort_count;
};

/* False after refusing with 400. */
bool listing_parse(const struct exchange *exchange, struct listing *ret_listing, struct refusal *refusal);
bool listing_wants(const struct listing *listing, const struct image *image);
/* As strcmp: which of two images comes first. */
int listing_compare(const struct listing *listing, const struct image *left, const struct image *right);

#endif
