#include "mock/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>

#include "base/clock.h"
#include "base/mem.h"

#define SHARD_COUNT 64

struct entry {
    char id[UUID_SIZE];
    struct catalogue_entry catalogued; /* changed under the locks of the shard and of the catalogue both */
    UT_hash_handle hh;
};

struct shard {
    pthread_rwlock_t lock;
    struct entry *entries;
    size_t image_count; /* without the deleted */
};

struct store {
    struct catalogue *catalogue;
    struct shard shards[SHARD_COUNT];
};

struct store *store_new(void)
{
    struct store *store = mem_alloc(sizeof *store);
    store->catalogue = catalogue_new();
    for (size_t i = 0; i < SHARD_COUNT; i++)
        pthread_rwlock_init(&store->shards[i].lock, NULL);
    return store;
}

static void clear(struct shard *shard)
{
    struct entry *entry;
    struct entry *next;
    HASH_ITER (hh, shard->entries, entry, next) {
        HASH_DEL(shard->entries, entry); /* NOLINT: the macro keeps `next` before the entry goes */
        catalogue_entry_fini(&entry->catalogued);
        free(entry);
    }
}

void store_free(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        clear(&store->shards[i]);
        pthread_rwlock_destroy(&store->shards[i].lock);
    }
    catalogue_free(store->catalogue);
    free(store);
}

/* FNV-1a, to spread ids that clients may choose as they like. */
static struct shard *shard_of(struct store *store, const char *id)
{
    uint32_t hash = UINT32_C(2166136261);
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * UINT32_C(16777619);
    return &store->shards[hash % SHARD_COUNT];
}

static struct entry *find(struct shard *shard, const char *id)
{
    struct entry *entry;
    HASH_FIND_STR(shard->entries, id, entry);
    return entry;
}

struct image *store_find(struct store *store, const char *id)
{
    struct shard *shard = shard_of(store, id);
    pthread_rwlock_rdlock(&shard->lock);
    struct entry *entry = find(shard, id);
    struct image *image = entry ? image_ref(entry->catalogued.place.image) : NULL;
    pthread_rwlock_unlock(&shard->lock);
    return image;
}

struct image *store_get(struct store *store, const char *id)
{
    CLEANUP(image_unref) struct image *image = store_find(store, id);
    return image && !image_deleted(image) ? TAKE(image) : NULL;
}

/* Under the lock of the shard; the reference to what was there goes to the caller. */
static struct image *exchange_image(struct store *store, struct shard *shard, struct entry *entry,
                                    struct image *image)
{
    struct image *old = catalogue_put(store->catalogue, &entry->catalogued, image);
    shard->image_count += !image_deleted(image);
    shard->image_count -= old && !image_deleted(old);
    return old;
}

bool store_add(struct store *store, struct image *image)
{
    struct shard *shard = shard_of(store, image_id(image));
    pthread_rwlock_wrlock(&shard->lock);
    bool free_id = !find(shard, image_id(image));
    if (free_id) {
        struct entry *entry = mem_alloc(sizeof *entry);
        snprintf(entry->id, sizeof entry->id, "%s", image_id(image));
        HASH_ADD_STR(shard->entries, id, entry);
        exchange_image(store, shard, entry, image);
    }
    pthread_rwlock_unlock(&shard->lock);
    if (!free_id)
        image_unref(image);
    return free_id;
}

/* Puts `image` in the place of `old`, or of whatever there is. */
static bool change(struct store *store, const struct image *old, struct image *image)
{
    struct shard *shard = shard_of(store, image_id(image));
    pthread_rwlock_wrlock(&shard->lock);
    struct entry *entry = find(shard, image_id(image));
    bool there = entry && (!old || entry->catalogued.place.image == old);
    struct image *loser = there ? exchange_image(store, shard, entry, image) : image;
    pthread_rwlock_unlock(&shard->lock);
    image_unref(loser);
    return there;
}

bool store_replace(struct store *store, const struct image *old, struct image *image)
{
    return change(store, old, image);
}

bool store_put(struct store *store, struct image *image)
{
    return change(store, NULL, image);
}

bool store_remove(struct store *store, const struct image *old)
{
    struct image_draft *draft = image_revise(old);
    draft->status = IMAGE_DELETED;
    draft->deleted_at_s = clock_calendar_s();
    data_unref(TAKE(draft->data));
    return change(store, old, image_seal(draft));
}

size_t store_count(struct store *store)
{
    size_t count = 0;
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        pthread_rwlock_rdlock(&store->shards[i].lock);
        count += store->shards[i].image_count;
        pthread_rwlock_unlock(&store->shards[i].lock);
    }
    return count;
}

size_t store_select(struct store *store, const struct selection *selections, size_t selection_count,
                    uint64_t after, bool ascending, struct image **out, size_t size)
{
    return catalogue_select(store->catalogue, selections, selection_count, after, ascending, out, size);
}
