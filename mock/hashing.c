#include "mock/hashing.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

#define PIECES_A_TURN 64 /* 4 MiB, then the next lane has its turn */

enum lane_state {
    LANE_IDLE,
    LANE_QUEUED,
    LANE_RUNNING,
    LANE_RUNNING_FED, /* more came while it ran */
    LANE_DONE,
};

/* One digest of one blob. All but `digest` and `next_extent` is guarded by the pool's lock. */
struct lane {
    struct hash_job *job;
    struct digest *digest;
    size_t next_extent;
    char hex[DIGEST_HEX_SIZE];
    enum lane_state state;
    struct lane *next;
};

enum {
    LANE_MD5,
    LANE_SHA512,
    LANE_COUNT
};

struct hash_job {
    struct hash_pool *pool;
    struct blob *blob;
    struct lane lanes[LANE_COUNT];
    unsigned done_lanes;
    bool dropped; /* its owner is gone: freed when no lane is at work */
    void (*done)(void *context);
    void *context;
};

struct hash_pool {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct lane *first;
    struct lane **last;
    bool stopping;
    unsigned thread_count;
    pthread_t threads[];
};

static void job_destroy(struct hash_job *job)
{
    for (int i = 0; i < LANE_COUNT; i++)
        digest_free(job->lanes[i].digest);
    blob_unref(job->blob);
    free(job);
}

static bool job_is_idle(const struct hash_job *job)
{
    for (int i = 0; i < LANE_COUNT; i++)
        if (job->lanes[i].state != LANE_IDLE && job->lanes[i].state != LANE_DONE)
            return false;
    return true;
}

static void enqueue(struct hash_pool *pool, struct lane *lane)
{
    lane->state = LANE_QUEUED;
    lane->next = NULL;
    *pool->last = lane;
    pool->last = &lane->next;
    pthread_cond_signal(&pool->work);
}

static struct lane *dequeue(struct hash_pool *pool)
{
    struct lane *lane = pool->first;
    pool->first = lane->next;
    if (!pool->first)
        pool->last = &pool->first;
    lane->state = LANE_RUNNING;
    return lane;
}

enum turn {
    TURN_MORE,
    TURN_WAITS,
    TURN_DONE
};

/* Hashes what there is, at most a turn's worth; without the lock. */
static enum turn run_lane(struct lane *lane)
{
    struct blob_piece pieces[PIECES_A_TURN];
    bool last;
    size_t count = blob_pieces(lane->job->blob, lane->next_extent, pieces, PIECES_A_TURN, &last);
    for (size_t i = 0; i < count; i++)
        digest_update(lane->digest, pieces[i].bytes, pieces[i].length);
    lane->next_extent += count;
    if (last) {
        digest_finish(lane->digest, lane->hex);
        return TURN_DONE;
    }
    return count == PIECES_A_TURN ? TURN_MORE : TURN_WAITS;
}

/* What becomes of the lane after its turn; with the lock. True when the whole job is done. */
static bool settle(struct hash_pool *pool, struct lane *lane, enum turn turn)
{
    struct hash_job *job = lane->job;
    bool fed = lane->state == LANE_RUNNING_FED;
    if (turn == TURN_DONE) {
        lane->state = LANE_DONE;
        return ++job->done_lanes == LANE_COUNT;
    }
    if (!job->dropped && (turn == TURN_MORE || fed))
        enqueue(pool, lane);
    else
        lane->state = LANE_IDLE;
    return false;
}

static void work_on(struct hash_pool *pool, struct lane *lane)
{
    struct hash_job *job = lane->job;
    bool dropped = job->dropped;
    pthread_mutex_unlock(&pool->lock);
    enum turn turn = dropped ? TURN_WAITS : run_lane(lane);
    pthread_mutex_lock(&pool->lock);
    bool done = settle(pool, lane, turn);
    if (job->dropped) {
        if (job_is_idle(job))
            job_destroy(job);
        return;
    }
    if (done && job->done) {
        void (*call)(void *context) = job->done;
        void *context = job->context;
        pthread_mutex_unlock(&pool->lock);
        call(context);
        pthread_mutex_lock(&pool->lock);
    }
}

static void *work(void *context)
{
    struct hash_pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (pool->first || !pool->stopping) {
        if (pool->first)
            work_on(pool, dequeue(pool));
        else
            pthread_cond_wait(&pool->work, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct hash_pool *hash_pool_new(unsigned threads)
{
    struct hash_pool *pool = mem_alloc(sizeof *pool + threads * sizeof *pool->threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pool->last = &pool->first;
    for (; pool->thread_count < threads; pool->thread_count++)
        if (pthread_create(&pool->threads[pool->thread_count], NULL, work, pool) != 0)
            abort(); /* as for memory: a process that cannot have a thread cannot serve */
    return pool;
}

void hash_pool_free(struct hash_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct hash_job *hash_job_new(struct hash_pool *pool, struct blob *blob)
{
    static const enum digest_kind kinds[LANE_COUNT] = {DIGEST_MD5, DIGEST_SHA512};
    struct hash_job *job = mem_alloc(sizeof *job);
    job->pool = pool;
    job->blob = blob_ref(blob);
    for (int i = 0; i < LANE_COUNT; i++) {
        job->lanes[i].job = job;
        job->lanes[i].digest = digest_new(kinds[i]);
    }
    return job;
}

void hash_job_feed(struct hash_job *job)
{
    struct hash_pool *pool = job->pool;
    pthread_mutex_lock(&pool->lock);
    for (int i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = &job->lanes[i];
        if (lane->state == LANE_IDLE)
            enqueue(pool, lane);
        else if (lane->state == LANE_RUNNING)
            lane->state = LANE_RUNNING_FED;
    }
    pthread_mutex_unlock(&pool->lock);
}

bool hash_job_wait(struct hash_job *job, void (*done)(void *context), void *context)
{
    pthread_mutex_lock(&job->pool->lock);
    bool waits = job->done_lanes < LANE_COUNT;
    if (waits) {
        job->done = done;
        job->context = context;
    }
    pthread_mutex_unlock(&job->pool->lock);
    return waits;
}

const char *hash_job_md5(const struct hash_job *job)
{
    return job->lanes[LANE_MD5].hex;
}

const char *hash_job_sha512(const struct hash_job *job)
{
    return job->lanes[LANE_SHA512].hex;
}

void hash_job_free(struct hash_job *job)
{
    if (!job)
        return;
    struct hash_pool *pool = job->pool;
    pthread_mutex_lock(&pool->lock);
    job->dropped = true;
    bool idle = job_is_idle(job);
    pthread_mutex_unlock(&pool->lock);
    if (idle)
        job_destroy(job);
}
