#include "mock/blocks.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <uthash.h>
#include <utlist.h>

#include "base/mem.h"

#define CHUNK_SIZE   ((size_t)2 * 1024 * 1024) /* a huge page of x86-64 */
#define CHUNK_BLOCKS (CHUNK_SIZE / BLOCK_SIZE)
#define ALL_FREE     UINT32_MAX
#define KEPT_CHUNKS_MAX                                                                                      \
    1024 /* wholly free, for the next upload: 2 GiB, which the kernel may take any time                      \
          */

_Static_assert(CHUNK_BLOCKS == 32, "the free blocks of a chunk are a mask of 32 bits");

struct chunk {
    uint8_t *memory; /* aligned to CHUNK_SIZE */
    uint32_t free;   /* bit: number of a block */
    struct chunk *prev;
    struct chunk *next; /* in the list of those with free blocks */
    UT_hash_handle hh;
};

struct blocks {
    pthread_mutex_t lock;
    struct chunk *by_memory;
    struct chunk *with_free;
    size_t wholly_free_count;
};

struct blocks *blocks_new(void)
{
    struct blocks *blocks = mem_alloc(sizeof *blocks);
    pthread_mutex_init(&blocks->lock, NULL);
    return blocks;
}

/* Maps twice as much and gives back what lies outside of the aligned part. */
static uint8_t *map_aligned(void)
{
    uint8_t *memory = mmap(NULL, 2 * CHUNK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    size_t before = (CHUNK_SIZE - (uintptr_t)memory % CHUNK_SIZE) % CHUNK_SIZE;
    if (before)
        munmap(memory, before);
    munmap(memory + before + CHUNK_SIZE, CHUNK_SIZE - before);
    madvise(memory + before, CHUNK_SIZE, MADV_HUGEPAGE); /* only a hint */
    return memory + before;
}

static struct chunk *add_chunk(struct blocks *blocks)
{
    uint8_t *memory = map_aligned();
    if (!memory)
        return NULL;
    struct chunk *chunk = mem_alloc(sizeof *chunk);
    chunk->memory = memory;
    chunk->free = ALL_FREE;
    HASH_ADD_PTR(blocks->by_memory, memory, chunk);
    DL_APPEND(blocks->with_free, chunk);
    blocks->wholly_free_count++;
    return chunk;
}

static void drop_chunk(struct blocks *blocks, struct chunk *chunk)
{
    HASH_DEL(blocks->by_memory, chunk);
    DL_DELETE(blocks->with_free, chunk); /* NOLINT: a chunk that is in the list has neighbours */
    munmap(chunk->memory, CHUNK_SIZE);
    free(chunk);
    blocks->wholly_free_count--;
}

void blocks_free(struct blocks *blocks)
{
    if (!blocks)
        return;
    struct chunk *chunk;
    struct chunk *next;
    DL_FOREACH_SAFE(blocks->with_free, chunk, next)
    drop_chunk(blocks, chunk);
    pthread_mutex_destroy(&blocks->lock);
    free(blocks);
}

static uint8_t *take_from(struct blocks *blocks, struct chunk *chunk)
{
    unsigned number = (unsigned)__builtin_ctz(chunk->free);
    blocks->wholly_free_count -= chunk->free == ALL_FREE;
    chunk->free &= ~(UINT32_C(1) << number);
    if (!chunk->free)
        DL_DELETE(blocks->with_free, chunk);
    return chunk->memory + number * BLOCK_SIZE;
}

uint8_t *blocks_take(struct blocks *blocks)
{
    pthread_mutex_lock(&blocks->lock);
    struct chunk *chunk = blocks->with_free ? blocks->with_free : add_chunk(blocks);
    uint8_t *block = chunk ? take_from(blocks, chunk) : NULL;
    pthread_mutex_unlock(&blocks->lock);
    return block;
}

/* Chunks with blocks in use come before those that are wholly free, so that these stay so. */
static void give_to(struct blocks *blocks, struct chunk *chunk, size_t number)
{
    if (chunk->free)
        DL_DELETE(blocks->with_free, chunk);
    chunk->free |= UINT32_C(1) << number;
    if (chunk->free != ALL_FREE) {
        DL_PREPEND(blocks->with_free, chunk);
        return;
    }
    DL_APPEND(blocks->with_free, chunk);
    /* To have fresh memory cleared costs as much as to digest what is put into it. */
    madvise(chunk->memory, CHUNK_SIZE, MADV_FREE);
    if (++blocks->wholly_free_count > KEPT_CHUNKS_MAX)
        drop_chunk(blocks, chunk);
}

void blocks_give(struct blocks *blocks, uint8_t *block)
{
    size_t within = (uintptr_t)block % CHUNK_SIZE;
    uint8_t *memory = block - within;
    struct chunk *chunk;
    pthread_mutex_lock(&blocks->lock);
    HASH_FIND_PTR(blocks->by_memory, &memory, chunk);
    if (chunk)
        give_to(blocks, chunk, within / BLOCK_SIZE);
    pthread_mutex_unlock(&blocks->lock);
}
