#include "mock/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"

#define SHARD_COUNT 64

struct entry {
    char id[UUID_SIZE];
    struct image *image; /* a reference; NULL: deleted */
    UT_hash_handle hh;
};

struct shard {
    pthread_rwlock_t lock;
    struct entry *entries;
    size_t image_count;
};

struct store {
    struct shard shards[SHARD_COUNT];
};

struct store *store_new(void)
{
    struct store *store = mem_alloc(sizeof *store);
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
        image_unref(entry->image);
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

struct image *store_get(struct store *store, const char *id)
{
    struct shard *shard = shard_of(store, id);
    pthread_rwlock_rdlock(&shard->lock);
    struct entry *entry = find(shard, id);
    struct image *image = entry && entry->image ? image_ref(entry->image) : NULL;
    pthread_rwlock_unlock(&shard->lock);
    return image;
}

/* Under the lock; the reference to what was there goes to the caller. */
static struct image *exchange_image(struct shard *shard, struct entry *entry, struct image *image)
{
    struct image *old = entry->image;
    entry->image = image;
    shard->image_count += (image != NULL);
    shard->image_count -= (old != NULL);
    return old;
}

static struct entry *find_or_add(struct shard *shard, const char *id)
{
    struct entry *entry = find(shard, id);
    if (!entry) {
        entry = mem_alloc(sizeof *entry);
        snprintf(entry->id, sizeof entry->id, "%s", id);
        HASH_ADD_STR(shard->entries, id, entry);
    }
    return entry;
}

bool store_add(struct store *store, struct image *image)
{
    struct shard *shard = shard_of(store, image->id);
    pthread_rwlock_wrlock(&shard->lock);
    bool free_id = !find(shard, image->id);
    if (free_id)
        exchange_image(shard, find_or_add(shard, image->id), image);
    pthread_rwlock_unlock(&shard->lock);
    if (!free_id)
        image_unref(image);
    return free_id;
}

void store_put(struct store *store, struct image *image)
{
    struct shard *shard = shard_of(store, image->id);
    pthread_rwlock_wrlock(&shard->lock);
    struct image *old = exchange_image(shard, find_or_add(shard, image->id), image);
    pthread_rwlock_unlock(&shard->lock);
    image_unref(old);
}

/* Puts `image`, or nothing, in the place of `old`. */
static bool change(struct store *store, const struct image *old, struct image *image)
{
    struct shard *shard = shard_of(store, old->id);
    pthread_rwlock_wrlock(&shard->lock);
    struct entry *entry = find(shard, old->id);
    bool there = entry && entry->image == old;
    struct image *loser = there ? exchange_image(shard, entry, image) : image;
    pthread_rwlock_unlock(&shard->lock);
    image_unref(loser);
    return there;
}

bool store_replace(struct store *store, const struct image *old, struct image *image)
{
    return change(store, old, image);
}

bool store_remove(struct store *store, const struct image *old)
{
    return change(store, old, NULL);
}

static void collect(struct shard *shard, struct image ***images, size_t *count)
{
    pthread_rwlock_rdlock(&shard->lock);
    for (struct entry *entry = shard->entries; entry; entry = entry->hh.next) {
        if (entry->image)
            *mem_append(images, count) = image_ref(entry->image);
    }
    pthread_rwlock_unlock(&shard->lock);
}

struct image **store_all(struct store *store, size_t *ret_count)
{
    struct image **images = mem_alloc(sizeof(struct image *)); /* so that none is an array too */
    size_t count = 0;
    for (size_t i = 0; i < SHARD_COUNT; i++)
        collect(&store->shards[i], &images, &count);
    *ret_count = count;
    return images;
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
