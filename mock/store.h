/* All images by id, safe for many threads: each id names a sealed revision, or is that of a deleted
 * image, which is never used again. A change is made by putting a new revision in the place of the
 * one it was made from; when that is not there any more, nothing happens and the caller looks again. */
#ifndef MOCK_STORE_H
#define MOCK_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "mock/image.h"

struct store;

struct store *store_new(void);
void store_free(struct store *store); /* accepts NULL */

/* A reference; NULL: never there, or deleted. */
struct image *store_get(struct store *store, const char *id);
/* Each takes over the caller's reference to the sealed `image`, even when it returns false. */
bool store_add(struct store *store, struct image *image); /* false: the id is taken */
bool store_replace(struct store *store, const struct image *old, struct image *image);
void store_put(struct store *store, struct image *image); /* whatever is there, even a deleted one */
bool store_remove(struct store *store, const struct image *old);

/* References to all images, in no order; owned, as is the array. */
struct image **store_all(struct store *store, size_t *ret_count);
size_t store_count(struct store *store);

#endif
