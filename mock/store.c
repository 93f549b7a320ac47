#include "mock/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "base/mem.h"

#define SHARD_COUNT 64

struct entry {
    char id[UUID_SIZE];
    struct image *image; /* a reference */
    UT_hash_handle hh;
};

struct shard {
    pthread_rwlock_t lock;
    struct entry *entries;
    size_t image_count;
};

struct store {
    struct shard shards[SHARD_COUNT];
    _Atomic uint64_t last_number;
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

struct image *store_find(struct store *store, const char *id)
{
    struct shard *shard = shard_of(store, id);
    pthread_rwlock_rdlock(&shard->lock);
    struct entry *entry = find(shard, id);
    struct image *image = entry ? image_ref(entry->image) : NULL;
    pthread_rwlock_unlock(&shard->lock);
    return image;
}

struct image *store_get(struct store *store, const char *id)
{
    CLEANUP(image_unref) struct image *image = store_find(store, id);
    return image && !image_deleted(image) ? TAKE(image) : NULL;
}

/* Under the lock; the reference to what was there goes to the caller. */
static struct image *exchange_image(struct shard *shard, struct entry *entry, struct image *image)
{
    struct image *old = entry->image;
    entry->image = image;
    shard->image_count += !image_deleted(image);
    shard->image_count -= old && !image_deleted(old);
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
    image_set_number(image, atomic_fetch_add(&store->last_number, 1) + 1);
    struct shard *shard = shard_of(store, image_id(image));
    pthread_rwlock_wrlock(&shard->lock);
    bool free_id = !find(shard, image_id(image));
    if (free_id)
        exchange_image(shard, find_or_add(shard, image_id(image)), image);
    pthread_rwlock_unlock(&shard->lock);
    if (!free_id)
        image_unref(image);
    return free_id;
}

void store_put(struct store *store, struct image *image)
{
    struct shard *shard = shard_of(store, image_id(image));
    pthread_rwlock_wrlock(&shard->lock);
    struct image *old = exchange_image(shard, find_or_add(shard, image_id(image)), image);
    pthread_rwlock_unlock(&shard->lock);
    image_unref(old);
}

/* Puts `image` in the place of `old`. */
static bool change(struct store *store, const struct image *old, struct image *image)
{
    struct shard *shard = shard_of(store, image_id(old));
    pthread_rwlock_wrlock(&shard->lock);
    struct entry *entry = find(shard, image_id(old));
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
    struct image_draft *draft = image_revise(old);
    draft->status = IMAGE_DELETED;
    draft->deleted_at_s = clock_calendar_s();
    data_unref(TAKE(draft->data));
    return change(store, old, image_seal(draft));
}

static void collect(struct shard *shard, struct image ***images, size_t *count)
{
    pthread_rwlock_rdlock(&shard->lock);
    for (struct entry *entry = shard->entries; entry; entry = entry->hh.next)
        *mem_append(images, count) = image_ref(entry->image);
    pthread_rwlock_unlock(&shard->lock);
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

static bool selected(const struct selection *selections, size_t count, const struct image *image)
{
    for (size_t i = 0; i < count; i++) {
        const struct selection *s = &selections[i];
        bool of = s->member ? image_member_of(image, s->member) != NULL
                            : !s->owner || strcmp(s->owner, image_owner(image)) == 0;
        bool here = s->name ? image_name(image) && strcmp(image_name(image), s->name) == 0
                            : s->status == IMAGE_STATUS_COUNT || s->status == image_status(image);
        if (of && here && s->visibilities & 1u << image_visibility(image) &&
            s->hidden == image_hidden(image) && (s->deleted || !image_deleted(image)))
            return true;
    }
    return false;
}

static int by_number(const void *left, const void *right)
{
    uint64_t a = image_number(*(struct image *const *)left);
    uint64_t b = image_number(*(struct image *const *)right);
    return (a > b) - (a < b);
}

size_t store_select(struct store *store, const struct selection *selections, size_t selection_count,
                    uint64_t after, bool ascending, struct image **out, size_t size)
{
    struct image **images = NULL;
    size_t all = 0;
    size_t count = 0;
    for (size_t i = 0; i < SHARD_COUNT; i++)
        collect(&store->shards[i], &images, &all);
    if (all)
        qsort(images, all, sizeof *images, by_number);
    for (size_t n = 0; n < all; n++) {
        struct image *image = images[ascending ? n : all - 1 - n];
        bool beyond = ascending ? image_number(image) > after : image_number(image) < after;
        if (beyond && count < size && selected(selections, selection_count, image))
            out[count++] = image;
        else
            image_unref(image);
    }
    free(images);
    return count;
}
