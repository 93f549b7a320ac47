/* A few threads that do small pieces of work in the order they come. They start with the first
 * piece of work, so that a server that hashes nothing has none. */
#ifndef MOCK_WORKERS_H
#define MOCK_WORKERS_H

#include <stdint.h>

/* Lives in what it is work for; once in the queue it must not be submitted again until it has run. */
struct work {
    void (*run)(struct work *work);
    uint64_t due_us; /* set by the queue */
    struct work *next;
};

struct workers;

struct workers *workers_new(unsigned thread_count);
/* Does all work that is left at once, however late it is due, and ends the threads. Work submitted
 * from then on runs in the thread that submits it. */
void workers_stop(struct workers *workers);
void workers_free(struct workers *workers); /* accepts NULL; stops */

void workers_submit(struct workers *workers, struct work *work, uint64_t delay_ms);

#endif
