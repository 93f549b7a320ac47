#include "mock/space.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/checked.h"
#include "base/mem.h"

struct account {
    char *project; /* owned */
    uint64_t bytes;
    UT_hash_handle hh;
};

struct space {
    uint64_t memory_limit_bytes;
    struct blocks *blocks;
    _Atomic uint64_t stored_bytes;
    pthread_mutex_t lock;     /* of accounts */
    struct account *accounts; /* of projects with bytes */
};

struct space *space_new(uint64_t memory_limit_bytes)
{
    struct space *space = mem_alloc(sizeof *space);
    space->memory_limit_bytes = memory_limit_bytes;
    space->blocks = blocks_new();
    pthread_mutex_init(&space->lock, NULL);
    return space;
}

static void close_account(struct space *space, struct account *account)
{
    HASH_DEL(space->accounts, account);
    free(account->project);
    free(account);
}

void space_free(struct space *space)
{
    if (!space)
        return;
    struct account *account;
    struct account *next;
    HASH_ITER (hh, space->accounts, account, next)
        close_account(space, account);
    blocks_free(space->blocks);
    pthread_mutex_destroy(&space->lock);
    free(space);
}

bool space_take_memory(struct space *space, uint64_t bytes)
{
    uint64_t before = atomic_fetch_add(&space->stored_bytes, bytes);
    if (before <= space->memory_limit_bytes && bytes <= space->memory_limit_bytes - before)
        return true;
    space_give_memory(space, bytes);
    return false;
}

void space_take_memory_anyway(struct space *space, uint64_t bytes)
{
    atomic_fetch_add(&space->stored_bytes, bytes);
}

void space_give_memory(struct space *space, uint64_t bytes)
{
    atomic_fetch_sub(&space->stored_bytes, bytes);
}

struct blocks *space_blocks(struct space *space)
{
    return space->blocks;
}

uint64_t space_stored_bytes(struct space *space)
{
    return atomic_load(&space->stored_bytes);
}

static struct account *find_or_open(struct space *space, const char *project)
{
    struct account *account;
    HASH_FIND_STR(space->accounts, project, account);
    if (!account) {
        account = mem_alloc(sizeof *account);
        account->project = mem_dup(project);
        HASH_ADD_KEYPTR(hh, space->accounts, account->project, strlen(account->project), account);
    }
    return account;
}

bool space_take_quota(struct space *space, const char *project, uint64_t bytes, uint64_t quota_bytes)
{
    if (!bytes)
        return true;
    pthread_mutex_lock(&space->lock);
    struct account *account = find_or_open(space, project);
    uint64_t total;
    bool fits = add_u64(account->bytes, bytes, &total) && total <= quota_bytes;
    if (fits)
        account->bytes = total;
    if (!account->bytes)
        close_account(space, account);
    pthread_mutex_unlock(&space->lock);
    return fits;
}

void space_give_quota(struct space *space, const char *project, uint64_t bytes)
{
    struct account *account;
    pthread_mutex_lock(&space->lock);
    HASH_FIND_STR(space->accounts, project, account);
    if (account && !(account->bytes -= bytes))
        close_account(space, account);
    pthread_mutex_unlock(&space->lock);
}
