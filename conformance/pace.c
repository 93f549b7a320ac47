#include "conformance/pace.h"

#include "base/clock.h"

#define SLICE_MS 50 /* how soon a stop is noticed */

void pace_init(struct pace *pace, uint64_t per_second)
{
    *pace = (struct pace){.interval_us = per_second ? 1000000 / per_second : 0};
    pthread_mutex_init(&pace->lock, NULL);
}

void pace_fini(struct pace *pace)
{
    pthread_mutex_destroy(&pace->lock);
}

void pace_wait(struct pace *pace)
{
    if (pace->interval_us == 0)
        return;
    uint64_t now_us = clock_now_us();
    pthread_mutex_lock(&pace->lock);
    uint64_t turn_us = pace->next_us > now_us ? pace->next_us : now_us;
    pace->next_us = turn_us + pace->interval_us;
    pthread_mutex_unlock(&pace->lock);
    if (turn_us > now_us)
        clock_sleep_ms((turn_us - now_us + 999) / 1000);
}

bool pace_sleep(uint64_t ms, const atomic_bool *stop)
{
    uint64_t deadline_us = clock_now_us() + ms * 1000;
    for (uint64_t now_us; (now_us = clock_now_us()) < deadline_us;) {
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return false;
        uint64_t left_ms = (deadline_us - now_us) / 1000 + 1;
        clock_sleep_ms(left_ms < SLICE_MS ? left_ms : SLICE_MS);
    }
    return true;
}
