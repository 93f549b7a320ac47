/* Time: a steady clock for measuring and waiting, the calendar only for display. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

uint64_t clock_now_us(void); /* microseconds of a clock that never goes back */
void clock_sleep_ms(uint64_t ms);

int64_t clock_calendar_s(void); /* seconds since 1970 began, in UTC */

#define CLOCK_ISO_SIZE 21
/* "2026-11-21T09:30:00Z" of such a moment, in a year from 1970 to 9999. Unlike gmtime(), it takes no lock. */
void clock_iso(int64_t calendar_s, char out[static CLOCK_ISO_SIZE]);
void clock_iso_now(char out[static CLOCK_ISO_SIZE]);

#define CLOCK_ISO_MS_SIZE 25
/* Microseconds since 1970 by the calendar, and one of those as "2026-11-21T09:30:00.250Z". */
uint64_t clock_unix_us(void);
void clock_iso_unix(uint64_t unix_us, char out[static CLOCK_ISO_MS_SIZE]);

#endif
