/* Lists of images, whichever API asks: which images, in which order, and which page of them. In the
 * order of creation a page costs what its images cost and what lies between them that the filters leave
 * out; images are found by owner, name and status without a look at others. Any other order costs a
 * look at every image that may be listed. */
#ifndef MOCK_LISTING_H
#define MOCK_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mock/filters.h"
#include "mock/image.h"
#include "mock/store.h"
#include "mock/target.h"

#define LISTING_SORTS_MAX 8

struct listing_key; /* what images can be ordered by */

struct listing {
    const struct identity *identity; /* borrowed: who asks */
    unsigned own;                    /* bits `1u << enum image_visibility`: of the images of one's project */
    unsigned foreign;                /* and of those of others, as far as they can be read */
    unsigned member_statuses;        /* bits `1u << enum member_status`: of those shared with one's project */
    bool hidden;                     /* the hidden ones, and no others */
    bool deleted;                    /* the deleted ones, too */
    int64_t changed_since_s;         /* updated then or later */
    size_t filter_count;
    struct listing_filter {
        filter_fn *has;
        const char *attribute;
        const char *value;
    } filters[TARGET_QUERIES_MAX];
    size_t sort_count; /* 0: the newest first */
    struct listing_sort {
        const struct listing_key *key;
        bool ascending;
    } sorts[LISTING_SORTS_MAX];
    uint64_t limit;
    const char *marker; /* id of the last image of the page before; NULL: from the beginning */
};

/* Everything that `identity` can read but hidden images, and others' community images, and images shared
 * with its project that it has not accepted. */
void listing_init(struct listing *listing, const struct identity *identity, uint64_t limit);
/* Both borrow the texts. False when there are too many, or no such key. */
bool listing_require(struct listing *listing, filter_fn *has, const char *attribute, const char *value);
bool listing_sort_by(struct listing *listing, const char *key, size_t key_length, bool ascending);

/* References to the images of the page, owned, as is the array. False when there is no image with the id
 * of the marker that could be read. */
bool listing_page(const struct listing *listing, struct store *store, struct image ***ret_images,
                  size_t *ret_count);

#endif
