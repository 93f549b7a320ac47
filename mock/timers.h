/* Something that happens later: slow storage. One thread for all of them. */
#ifndef MOCK_TIMERS_H
#define MOCK_TIMERS_H

#include <stdint.h>

struct timers;

struct timers *timers_new(void);
/* Everything still to come happens at once. */
void timers_free(struct timers *timers);
void timers_add(struct timers *timers, uint64_t delay_ms, void (*happen)(void *context), void *context);

#endif
