#include "mock/workers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct work *queue; /* by due time */
    bool stopping;
    unsigned thread_count;
    unsigned started_count;
    pthread_t *threads;
};

struct workers *workers_new(unsigned thread_count)
{
    struct workers *workers = mem_alloc(sizeof *workers);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* the clock of clock_now_us */
    pthread_cond_init(&workers->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&workers->lock, NULL);
    workers->thread_count = thread_count;
    workers->threads = mem_alloc(thread_count * sizeof *workers->threads);
    return workers;
}

static void wait_until(struct workers *workers, uint64_t due_us)
{
    struct timespec due = {(time_t)(due_us / 1000000), (long)(due_us % 1000000) * 1000};
    pthread_cond_timedwait(&workers->changed, &workers->lock, &due);
}

/* The next piece of work that is due, waiting for it; NULL: stopping, and nothing is left. */
static struct work *take_work(struct workers *workers)
{
    for (;;) {
        struct work *work = workers->queue;
        if (work && (workers->stopping || work->due_us <= clock_now_us())) {
            workers->queue = work->next;
            return work;
        }
        if (work)
            wait_until(workers, work->due_us);
        else if (workers->stopping)
            return NULL;
        else
            pthread_cond_wait(&workers->changed, &workers->lock);
    }
}

static void *work_on(void *argument)
{
    struct workers *workers = argument;
    pthread_mutex_lock(&workers->lock);
    for (struct work *work = take_work(workers); work; work = take_work(workers)) {
        pthread_mutex_unlock(&workers->lock);
        work->run(work);
        pthread_mutex_lock(&workers->lock);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static void start_threads(struct workers *workers)
{
    for (; workers->started_count < workers->thread_count; workers->started_count++) {
        if (pthread_create(&workers->threads[workers->started_count], NULL, work_on, workers) != 0)
            break;
    }
    if (!workers->started_count) /* without a single thread no upload would ever be answered */
        abort();
}

static void insert(struct workers *workers, struct work *work)
{
    struct work **at = &workers->queue;
    while (*at && (*at)->due_us <= work->due_us)
        at = &(*at)->next;
    work->next = *at;
    *at = work;
}

void workers_submit(struct workers *workers, struct work *work, uint64_t delay_ms)
{
    work->due_us = clock_now_us() + delay_ms * 1000;
    pthread_mutex_lock(&workers->lock);
    bool stopping = workers->stopping;
    if (!stopping) {
        if (!workers->started_count)
            start_threads(workers);
        insert(workers, work);
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    if (stopping)
        work->run(work);
}

void workers_stop(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->started_count; i++)
        pthread_join(workers->threads[i], NULL);
    workers->started_count = 0;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    workers_stop(workers);
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers->threads);
    free(workers);
}
