/* All images, safe for many threads: by id, each of which names a revision or is that of a deleted
 * image, which is never used again; and in the order of their creation, by owner, member, name and status.
 * A change is made by putting a new revision in the place of the one it was made from; when that is not
 * there any more, nothing happens and the caller looks again. */
#ifndef MOCK_STORE_H
#define MOCK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mock/catalogue.h"
#include "mock/image.h"

struct store;

struct store *store_new(void);
void store_free(struct store *store); /* accepts NULL */

/* A reference; NULL: never there, or deleted. */
struct image *store_get(struct store *store, const char *id);
/* A reference to the last revision, be it that of a deleted image; NULL: never there. */
struct image *store_find(struct store *store, const char *id);
/* Each takes over the caller's reference to `image`, even when it returns false. */
bool store_add(struct store *store, struct image *image); /* numbers it; false: the id is taken */
bool store_replace(struct store *store, const struct image *old, struct image *image);
bool store_put(struct store *store, struct image *image); /* whatever is there, even a deleted one */
/* What stays is a revision that is deleted now and has no data. */
bool store_remove(struct store *store, const struct image *old);

size_t store_count(struct store *store); /* without the deleted */

#define STORE_SELECT_MAX CATALOGUE_SELECT_MAX

/* As catalogue_select. */
size_t store_select(struct store *store, const struct selection *selections, size_t selection_count,
                    uint64_t after, bool ascending, struct image **out, size_t size);

#endif
