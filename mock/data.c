#include "mock/data.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const uint8_t zeroes[DATA_BLOCK_SIZE];

struct data {
    _Atomic size_t refs;
    struct space *space;
    char *project; /* owned */
    bool unbounded;
    bool spoilt;
    uint64_t length;
    uint64_t memory_bytes; /* taken from space */
    uint64_t quota_bytes;  /* taken from space */
    uint8_t *tail;         /* the block that is being filled; NULL between blocks */
    size_t tail_length;
    pthread_mutex_t lock; /* of blocks, block_count, last_length */
    uint8_t **blocks;     /* NULL: zeroes */
    size_t block_count;
    size_t last_length; /* bytes in the last block */
};

struct data *data_new(struct space *space, const char *project, bool unbounded)
{
    struct data *data = mem_alloc(sizeof *data);
    data->refs = 1;
    data->space = space;
    data->project = mem_dup(project);
    data->unbounded = unbounded;
    pthread_mutex_init(&data->lock, NULL);
    return data;
}

struct data *data_ref(struct data *data)
{
    atomic_fetch_add(&data->refs, 1);
    return data;
}

/* Whole blocks come from the space's blocks; a last one that is shorter has memory of its own. */
static void free_block(struct data *data, size_t i)
{
    bool whole = i + 1 < data->block_count || data->last_length == DATA_BLOCK_SIZE;
    if (!whole)
        free(data->blocks[i]);
    else if (data->blocks[i])
        blocks_give(space_blocks(data->space), data->blocks[i]);
}

static void free_tail(struct data *data)
{
    if (data->tail)
        blocks_give(space_blocks(data->space), TAKE(data->tail));
}

void data_unref(struct data *data)
{
    if (!data || atomic_fetch_sub(&data->refs, 1) != 1)
        return;
    for (size_t i = 0; i < data->block_count; i++)
        free_block(data, i);
    free(data->blocks);
    free_tail(data);
    space_give_memory(data->space, data->memory_bytes);
    space_give_quota(data->space, data->project, data->quota_bytes);
    pthread_mutex_destroy(&data->lock);
    free(data->project);
    free(data);
}

static bool all_zero(const uint8_t *bytes, size_t length)
{
    return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

static void publish(struct data *data, uint8_t *block, size_t length)
{
    pthread_mutex_lock(&data->lock);
    *mem_append(&data->blocks, &data->block_count) = block;
    data->last_length = length;
    pthread_mutex_unlock(&data->lock);
}

static bool take_memory(struct data *data, size_t length)
{
    if (data->unbounded)
        space_take_memory_anyway(data->space, length);
    else if (!space_take_memory(data->space, length))
        return false;
    data->memory_bytes += length;
    return true;
}

/* Makes the tail a block. A tail of zeroes stays allocated for the next block. */
static bool close_tail(struct data *data)
{
    size_t length = data->tail_length;
    data->tail_length = 0;
    if (all_zero(data->tail, length)) {
        publish(data, NULL, length);
        return true;
    }
    if (!take_memory(data, length))
        return false;
    bool whole = length == DATA_BLOCK_SIZE;
    publish(data, whole ? TAKE(data->tail) : (uint8_t *)mem_dup_n((const char *)data->tail, length), length);
    return true;
}

/* Copies into the tail what fits. The block is bounded memory from outside: its loss is storage full. */
static size_t fill_tail(struct data *data, const uint8_t *bytes, size_t length)
{
    if (!data->tail)
        data->tail = blocks_take(space_blocks(data->space));
    if (!data->tail)
        return 0;
    size_t room = DATA_BLOCK_SIZE - data->tail_length;
    size_t taken = length < room ? length : room;
    memcpy(data->tail + data->tail_length, bytes, taken);
    data->tail_length += taken;
    return taken;
}

enum data_result data_append(struct data *data, const void *bytes, size_t length, uint64_t quota_bytes)
{
    const uint8_t *at = bytes;
    if (!space_take_quota(data->space, data->project, length, quota_bytes))
        return DATA_NO_QUOTA;
    data->quota_bytes += length;
    while (length > 0) {
        size_t taken = fill_tail(data, at, length);
        data->length += taken;
        at += taken;
        length -= taken;
        if (taken == 0 || (data->tail_length == DATA_BLOCK_SIZE && !close_tail(data)))
            return DATA_NO_MEMORY;
    }
    return DATA_STORED;
}

enum data_result data_finish(struct data *data)
{
    if (data->tail_length && !close_tail(data))
        return DATA_NO_MEMORY;
    free_tail(data);
    return DATA_STORED;
}

uint64_t data_length(const struct data *data)
{
    return data->length;
}

size_t data_pieces(struct data *data, size_t first, struct data_piece *out, size_t limit)
{
    pthread_mutex_lock(&data->lock);
    size_t count = 0;
    for (size_t i = first; i < data->block_count && count < limit; i++, count++) {
        bool last = i + 1 == data->block_count;
        out[count].bytes = data->blocks[i] ? data->blocks[i] : zeroes;
        out[count].length = last ? data->last_length : DATA_BLOCK_SIZE;
    }
    pthread_mutex_unlock(&data->lock);
    return count;
}

void data_spoil(struct data *data)
{
    data->spoilt = true;
}

static size_t read_block(const struct data *data, uint64_t offset, uint8_t *out, size_t size)
{
    const uint8_t *block = data->blocks[offset / DATA_BLOCK_SIZE];
    size_t within = (size_t)(offset % DATA_BLOCK_SIZE);
    size_t length = DATA_BLOCK_SIZE - within;
    length = length < size ? length : size;
    memcpy(out, (block ? block : zeroes) + within, length);
    return length;
}

size_t data_read(const struct data *data, uint64_t offset, void *out, size_t size)
{
    if (offset >= data->length)
        return 0;
    uint64_t left = data->length - offset;
    size_t length = left < size ? (size_t)left : size;
    for (size_t done = 0; done < length;)
        done += read_block(data, offset + done, (uint8_t *)out + done, length - done);
    if (data->spoilt && length == left)
        ((uint8_t *)out)[length - 1] ^= 1;
    return length;
}
