/* What a request for a list of images asks for: filters, order, and which page. */
#ifndef MOCK_LISTING_H
#define MOCK_LISTING_H

#include "base/buf.h"
#include "mock/image.h"
#include "mock/refusal.h"
#include "mock/target.h"

#define LISTING_SORTS_MAX 8

struct listing_key; /* what images can be ordered by */

struct listing {
    const struct target *target; /* borrowed: the filters are its queries */
    uint64_t limit;
    const char *marker; /* NULL: from the beginning */
    size_t sort_count;
    struct listing_sort {
        const struct listing_key *key;
        bool ascending;
    } sorts[LISTING_SORTS_MAX];
};

/* 400 for what no list can be asked for. */
bool listing_parse(const struct target *target, struct listing *ret_listing, struct refusal *refusal);
bool listing_has(const struct listing *listing, const struct image *image, const struct identity *identity);
void listing_sort(const struct listing *listing, struct image **images, size_t count);

#endif
