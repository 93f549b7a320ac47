#include "base/clock.h"

#include <stdbool.h>
#include <string.h>
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

int64_t clock_calendar_s(void)
{
    return (int64_t)time(NULL);
}

struct date {
    unsigned year;
    unsigned month; /* from 1 */
    unsigned day;   /* from 1 */
};

/* Years are counted from the first of March, so that the leap day is the last of its year. The months from
 * March on have 153 days in each five, evenly enough that one division finds them. */
static struct date date_of(unsigned days)
{
    unsigned from_march_0 = days + 719468; /* 1970 began so many days after the first of March of year 0 */
    unsigned era = from_march_0 / 146097;  /* days of 400 years */
    unsigned of_era = from_march_0 % 146097;
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153;
    bool next_year = month >= 10; /* January and February */
    return (struct date){era * 400 + year + next_year, next_year ? month - 9 : month + 3,
                         of_year - (153 * month + 2) / 5 + 1};
}

static void put_digits(char *out, unsigned value, size_t count)
{
    while (count-- > 0) {
        out[count] = (char)('0' + value % 10);
        value /= 10;
    }
}

void clock_iso(int64_t calendar_s, char out[static CLOCK_ISO_SIZE])
{
    unsigned of_day = (unsigned)(calendar_s % 86400);
    struct date date = date_of((unsigned)(calendar_s / 86400));
    memcpy(out, "0000-00-00T00:00:00Z", CLOCK_ISO_SIZE);
    put_digits(out, date.year, 4);
    put_digits(out + 5, date.month, 2);
    put_digits(out + 8, date.day, 2);
    put_digits(out + 11, of_day / 3600, 2);
    put_digits(out + 14, of_day / 60 % 60, 2);
    put_digits(out + 17, of_day % 60, 2);
}

void clock_iso_now(char out[static CLOCK_ISO_SIZE])
{
    clock_iso(clock_calendar_s(), out);
}

uint64_t clock_unix_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

#define LAST_SECOND ((uint64_t)253402300799) /* of the year 9999, the last that the form can hold */

void clock_iso_unix(uint64_t unix_us, char out[static CLOCK_ISO_MS_SIZE])
{
    uint64_t seconds = unix_us / 1000000 < LAST_SECOND ? unix_us / 1000000 : LAST_SECOND;
    clock_iso((int64_t)seconds, out);
    memcpy(out + CLOCK_ISO_SIZE - 2, ".000Z", sizeof ".000Z");
    put_digits(out + CLOCK_ISO_SIZE - 1, (unsigned)(unix_us / 1000 % 1000), 3);
}
