#include "mock/hashing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

#define PIECES_AT_ONCE 16 /* 1 MiB between two looks at whether the owner has gone */
#define TURNS_AT_ONCE  8  /* then the next upload's lane has its turn */
#define LANE_COUNT     2

struct lane {
    struct work work; /* first: a work is its lane */
    struct hashing *hashing;
    struct digest *digest;
    char *sum;     /* where the digest goes */
    size_t cursor; /* number of the next block */
    bool scheduled;
    bool done;
};

struct hashing {
    _Atomic size_t refs; /* the owner, and each scheduled lane */
    atomic_bool abandoned;
    struct workers *workers;
    struct data *data;
    pthread_mutex_t lock; /* of scheduled and done of the lanes, and of finished */
    bool finished;
    size_t done_count;
    hashing_done_fn *done;
    void *context;
    struct lane lanes[LANE_COUNT];
    struct hashing_sums sums;
};

static void unref(struct hashing *hashing)
{
    if (atomic_fetch_sub(&hashing->refs, 1) != 1)
        return;
    for (size_t i = 0; i < LANE_COUNT; i++)
        digest_free(hashing->lanes[i].digest);
    data_unref(hashing->data);
    pthread_mutex_destroy(&hashing->lock);
    free(hashing);
}

/* One batch of blocks into the digest; false when there is none. */
static bool hash_batch(struct lane *lane)
{
    struct data_piece pieces[PIECES_AT_ONCE];
    size_t count = data_pieces(lane->hashing->data, lane->cursor, pieces, PIECES_AT_ONCE);
    for (size_t i = 0; i < count; i++)
        digest_update(lane->digest, pieces[i].bytes, pieces[i].length);
    lane->cursor += count;
    return count > 0;
}

/* Under the lock, at the end of the data. True when this was the last lane. */
static bool close_lane(struct lane *lane)
{
    struct hashing *hashing = lane->hashing;
    digest_finish(lane->digest, lane->sum);
    lane->done = true;
    return ++hashing->done_count == LANE_COUNT;
}

/* Whether anything is left is asked under the lock: a feed after that schedules the lane again. */
static bool rest_or_close(struct lane *lane, bool *ret_last)
{
    struct hashing *hashing = lane->hashing;
    struct data_piece next;
    pthread_mutex_lock(&hashing->lock);
    bool more = !hashing->abandoned && data_pieces(hashing->data, lane->cursor, &next, 1) > 0;
    lane->scheduled = more;
    *ret_last = !more && hashing->finished && !hashing->abandoned && close_lane(lane);
    pthread_mutex_unlock(&hashing->lock);
    return more;
}

static void run_lane(struct work *work)
{
    struct lane *lane = (struct lane *)work;
    struct hashing *hashing = lane->hashing;
    for (size_t turn = 0; turn < TURNS_AT_ONCE && !hashing->abandoned && hash_batch(lane); turn++)
        ;
    bool last;
    if (rest_or_close(lane, &last)) {
        workers_submit(hashing->workers, work, 0);
        return;
    }
    if (last)
        hashing->done(hashing->context);
    unref(hashing);
}

struct hashing *hashing_new(struct workers *workers, struct data *data)
{
    struct hashing *hashing = mem_alloc(sizeof *hashing);
    hashing->refs = 1;
    hashing->workers = workers;
    hashing->data = data_ref(data);
    pthread_mutex_init(&hashing->lock, NULL);
    hashing->lanes[0] = (struct lane){.digest = digest_new(DIGEST_MD5), .sum = hashing->sums.md5};
    hashing->lanes[1] = (struct lane){.digest = digest_new(DIGEST_SHA512), .sum = hashing->sums.sha512};
    for (size_t i = 0; i < LANE_COUNT; i++) {
        hashing->lanes[i].hashing = hashing;
        hashing->lanes[i].work.run = run_lane;
    }
    return hashing;
}

/* Under the lock: marks the lanes that must be submitted. */
static size_t wake_lanes(struct hashing *hashing, struct lane **out)
{
    size_t count = 0;
    for (size_t i = 0; i < LANE_COUNT; i++) {
        struct lane *lane = &hashing->lanes[i];
        if (lane->scheduled)
            continue;
        lane->scheduled = true;
        atomic_fetch_add(&hashing->refs, 1);
        out[count++] = lane;
    }
    return count;
}

static void wake(struct hashing *hashing, bool finished)
{
    struct lane *woken[LANE_COUNT];
    pthread_mutex_lock(&hashing->lock);
    hashing->finished = finished;
    size_t count = wake_lanes(hashing, woken);
    pthread_mutex_unlock(&hashing->lock);
    for (size_t i = 0; i < count; i++)
        workers_submit(hashing->workers, &woken[i]->work, 0);
}

void hashing_feed(struct hashing *hashing)
{
    wake(hashing, false);
}

void hashing_finish(struct hashing *hashing, hashing_done_fn *done, void *context)
{
    hashing->done = done;
    hashing->context = context;
    wake(hashing, true);
}

const struct hashing_sums *hashing_sums(const struct hashing *hashing)
{
    return &hashing->sums;
}

void hashing_free(struct hashing *hashing)
{
    if (!hashing)
        return;
    hashing->abandoned = true;
    unref(hashing);
}
