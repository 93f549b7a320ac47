/* All images and projects of a server, behind one lock: many readers or one writer.
 *
 * A function below is called with the lock held: store_read() is enough for `find` and the lists,
 * store_write() for the rest. No lock is held while bytes are sent, received or hashed. */
#ifndef MOCK_STORE_H
#define MOCK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mock/image.h"
#include "mock/switches.h"

struct store;

struct store *store_new(const struct switches *switches); /* what holds for every project at first */
void store_free(struct store *store);

void store_read(struct store *store);
void store_write(struct store *store);
void store_unlock(struct store *store);

struct image *store_find(struct store *store, const char *id); /* borrowed, NULL when there is none */
const struct image *store_newest(struct store *store);         /* then along ->older */
size_t store_count(struct store *store);
/* Also true for the id of an image that has been deleted: ids are never used again. */
bool store_id_taken(struct store *store, const char *id);
void store_add(struct store *store, struct image *image);    /* moves it in */
void store_remove(struct store *store, struct image *image); /* and frees it */

/* What holds for a project: what was said of it and what was said of all. */
struct switches store_switches(struct store *store, const char *project);
/* `project` NULL: all. */
void store_set_condition(struct store *store, const char *project, enum condition condition, bool on);
void store_set_limit(struct store *store, const char *project, enum limit limit, uint64_t value);

/* Bytes that the images of a project hold, and who has to pay for how many. */
uint64_t store_used_bytes(struct store *store, const char *project);
void store_charge(struct store *store, struct image *image, uint64_t bytes);

#endif
