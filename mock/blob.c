#include "mock/blob.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct blob {
    atomic_uint references;
    struct blob_budget *budget;
    pthread_mutex_t lock;    /* guards extents, count and sealed while the blob grows */
    unsigned char **extents; /* NULL: zeroes */
    size_t count;
    size_t capacity;
    bool sealed;
    unsigned char *tail; /* the extent being filled; the appending thread's alone */
    size_t tail_bytes;
    uint64_t size_bytes;
    uint64_t stored_bytes;
};

static const unsigned char zeroes[BLOB_EXTENT_BYTES];

struct blob *blob_new(struct blob_budget *budget)
{
    struct blob *blob = mem_alloc(sizeof *blob);
    atomic_init(&blob->references, 1);
    blob->budget = budget;
    pthread_mutex_init(&blob->lock, NULL);
    return blob;
}

struct blob *blob_ref(struct blob *blob)
{
    atomic_fetch_add_explicit(&blob->references, 1, memory_order_relaxed);
    return blob;
}

void blob_unref(struct blob *blob)
{
    if (!blob || atomic_fetch_sub_explicit(&blob->references, 1, memory_order_acq_rel) > 1)
        return;
    atomic_fetch_sub(&blob->budget->used_bytes, blob->stored_bytes);
    for (size_t i = 0; i < blob->count; i++)
        free(blob->extents[i]);
    free(blob->extents);
    free(blob->tail);
    pthread_mutex_destroy(&blob->lock);
    free(blob);
}

static bool reserve(struct blob *blob, size_t bytes)
{
    struct blob_budget *budget = blob->budget;
    uint64_t before = atomic_fetch_add(&budget->used_bytes, bytes);
    if (before + bytes > budget->limit_bytes) {
        atomic_fetch_sub(&budget->used_bytes, bytes);
        return false;
    }
    blob->stored_bytes += bytes;
    return true;
}

static void push(struct blob *blob, unsigned char *extent)
{
    pthread_mutex_lock(&blob->lock);
    if (blob->count == blob->capacity) {
        blob->capacity = blob->capacity ? blob->capacity * 2 : 16;
        blob->extents = mem_resize(blob->extents, blob->capacity, sizeof *blob->extents);
    }
    blob->extents[blob->count++] = extent;
    pthread_mutex_unlock(&blob->lock);
}

/* Puts the tail among the extents; when it is all zeroes its memory serves the next one. */
static bool flush(struct blob *blob)
{
    if (memcmp(blob->tail, zeroes, blob->tail_bytes) == 0) {
        push(blob, NULL);
    } else {
        if (!reserve(blob, blob->tail_bytes))
            return false;
        push(blob, blob->tail);
        blob->tail = NULL;
    }
    blob->tail_bytes = 0;
    return true;
}

bool blob_append(struct blob *blob, const void *bytes, size_t length)
{
    const unsigned char *next = bytes;
    while (length > 0) {
        if (!blob->tail && !(blob->tail = malloc(BLOB_EXTENT_BYTES)))
            return false;
        size_t room = BLOB_EXTENT_BYTES - blob->tail_bytes;
        size_t taken = length < room ? length : room;
        memcpy(blob->tail + blob->tail_bytes, next, taken);
        blob->tail_bytes += taken;
        blob->size_bytes += taken;
        next += taken;
        length -= taken;
        if (blob->tail_bytes == BLOB_EXTENT_BYTES && !flush(blob))
            return false;
    }
    return true;
}

void blob_seal(struct blob *blob)
{
    if (blob->tail_bytes > 0) {
        unsigned char *shrunk = realloc(blob->tail, blob->tail_bytes);
        if (shrunk)
            blob->tail = shrunk;
        blob->stored_bytes += blob->tail_bytes; /* at most one extent over the budget, never refused here */
        atomic_fetch_add(&blob->budget->used_bytes, blob->tail_bytes);
        push(blob, blob->tail);
        blob->tail = NULL;
        blob->tail_bytes = 0;
    }
    pthread_mutex_lock(&blob->lock);
    blob->sealed = true;
    pthread_mutex_unlock(&blob->lock);
    free(blob->tail);
    blob->tail = NULL;
}

uint64_t blob_size(const struct blob *blob)
{
    return blob->size_bytes;
}

static size_t extent_bytes(const struct blob *blob, size_t index)
{
    uint64_t left = blob->size_bytes - (uint64_t)index * BLOB_EXTENT_BYTES;
    return left < BLOB_EXTENT_BYTES ? (size_t)left : BLOB_EXTENT_BYTES;
}

size_t blob_read(const struct blob *blob, uint64_t offset, void *out, size_t most)
{
    unsigned char *next = out;
    size_t done = 0;
    while (done < most && offset < blob->size_bytes) {
        size_t index = (size_t)(offset / BLOB_EXTENT_BYTES);
        size_t skip = (size_t)(offset % BLOB_EXTENT_BYTES);
        size_t taken = extent_bytes(blob, index) - skip;
        if (taken > most - done)
            taken = most - done;
        const unsigned char *extent = blob->extents[index] ? blob->extents[index] : zeroes;
        memcpy(next + done, extent + skip, taken);
        done += taken;
        offset += taken;
    }
    return done;
}

size_t blob_pieces(struct blob *blob, size_t first, struct blob_piece *pieces, size_t most, bool *ret_last)
{
    pthread_mutex_lock(&blob->lock);
    size_t count = 0;
    for (; count < most && first + count < blob->count; count++) {
        size_t index = first + count;
        pieces[count].bytes = blob->extents[index] ? blob->extents[index] : zeroes;
        /* Only a sealed blob has an extent that is not full, and its size does not change any more. */
        pieces[count].length = blob->sealed ? extent_bytes(blob, index) : BLOB_EXTENT_BYTES;
    }
    *ret_last = blob->sealed && first + count == blob->count;
    pthread_mutex_unlock(&blob->lock);
    return count;
}
