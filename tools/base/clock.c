#include "base/clock.h"

#include <stdio.h>
#include <time.h>

uint64_t clock_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void clock_sleep_ms(uint64_t ms)
{
    struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    nanosleep(&left, NULL);
}

void clock_iso_now(char out[static CLOCK_ISO_SIZE])
{
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(out, CLOCK_ISO_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

uint64_t clock_unix_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

#define LAST_SECOND ((uint64_t)253402300799) /* of the year 9999, the last that the form can hold */

void clock_iso_unix(uint64_t unix_us, char out[static CLOCK_ISO_SIZE])
{
    uint64_t seconds = unix_us / 1000000;
    time_t clamped = (time_t)(seconds < LAST_SECOND ? seconds : LAST_SECOND);
    struct tm utc;
    gmtime_r(&clamped, &utc);
    size_t length = strftime(out, CLOCK_ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + length, CLOCK_ISO_SIZE - length, ".%03uZ", (unsigned)(unix_us / 1000 % 1000));
}
