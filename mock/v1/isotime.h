/* Moments as clients of the Images API v1 write them: ISO 8601 dates, with or without a time of day, a
 * fraction of a second and an offset from UTC. */
#ifndef MOCK_V1_ISOTIME_H
#define MOCK_V1_ISOTIME_H

#include <stdbool.h>
#include <stdint.h>

/* "2016-05-10", "2016-05-10T21:41:41", "2016-05-10 21:41:41.5Z", "20160510T214141+02:00". A blank before the
 * offset is a `+` that was not percent-encoded. A fraction of a second is left out. False for anything else,
 * and for dates that do not exist. Seconds since 1970 began, in UTC. */
bool isotime_parse(const char *text, int64_t *ret_calendar_s);

#endif
