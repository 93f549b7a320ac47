/* How fast a run asks: at most so many requests a second, however many cases run side by side. */
#ifndef CONFORMANCE_PACE_H
#define CONFORMANCE_PACE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct pace {
    pthread_mutex_t lock;
    uint64_t interval_us; /* from one request to the next; 0: as fast as it goes */
    uint64_t next_us;     /* when the next one may go, by the steady clock */
};

/* `per_second` 0: no limit. */
void pace_init(struct pace *pace, uint64_t per_second);
void pace_fini(struct pace *pace);
/* Waits for one's turn. */
void pace_wait(struct pace *pace);
/* Waits so long, less when `stop` (may be NULL) comes true meanwhile: false then. */
bool pace_sleep(uint64_t ms, const atomic_bool *stop);

#endif
