#include "mock/timers.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

struct timer {
    uint64_t due_us;
    void (*happen)(void *context);
    void *context;
    struct timer *next;
};

struct timers {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* on CLOCK_MONOTONIC */
    struct timer *first;    /* by due_us */
    bool stopping;
    pthread_t thread;
};

static void happen(struct timers *timers)
{
    struct timer *timer = timers->first;
    timers->first = timer->next;
    pthread_mutex_unlock(&timers->lock);
    timer->happen(timer->context);
    free(timer);
    pthread_mutex_lock(&timers->lock);
}

static void wait_until(struct timers *timers, uint64_t due_us)
{
    uint64_t now_us = clock_now_us();
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t nanoseconds = (uint64_t)at.tv_nsec + (due_us > now_us ? due_us - now_us : 0) * 1000;
    at.tv_sec += (time_t)(nanoseconds / 1000000000);
    at.tv_nsec = (long)(nanoseconds % 1000000000);
    pthread_cond_timedwait(&timers->changed, &timers->lock, &at);
}

static void *serve(void *context)
{
    struct timers *timers = context;
    pthread_mutex_lock(&timers->lock);
    while (timers->first || !timers->stopping) {
        if (!timers->first)
            pthread_cond_wait(&timers->changed, &timers->lock);
        else if (timers->stopping || timers->first->due_us <= clock_now_us())
            happen(timers);
        else
            wait_until(timers, timers->first->due_us);
    }
    pthread_mutex_unlock(&timers->lock);
    return NULL;
}

struct timers *timers_new(void)
{
    struct timers *timers = mem_alloc(sizeof *timers);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&timers->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&timers->lock, NULL);
    if (pthread_create(&timers->thread, NULL, serve, timers) != 0)
        abort();
    return timers;
}

void timers_free(struct timers *timers)
{
    if (!timers)
        return;
    pthread_mutex_lock(&timers->lock);
    timers->stopping = true;
    pthread_cond_signal(&timers->changed);
    pthread_mutex_unlock(&timers->lock);
    pthread_join(timers->thread, NULL);
    pthread_cond_destroy(&timers->changed);
    pthread_mutex_destroy(&timers->lock);
    free(timers);
}

void timers_add(struct timers *timers, uint64_t delay_ms, void (*happen_then)(void *context), void *context)
{
    struct timer *timer = mem_alloc(sizeof *timer);
    *timer =
        (struct timer){.due_us = clock_now_us() + delay_ms * 1000, .happen = happen_then, .context = context};
    pthread_mutex_lock(&timers->lock);
    struct timer **place = &timers->first;
    while (*place && (*place)->due_us <= timer->due_us)
        place = &(*place)->next;
    timer->next = *place;
    *place = timer;
    pthread_cond_signal(&timers->changed);
    pthread_mutex_unlock(&timers->lock);
}
