/* Data from elsewhere, over HTTP and from hosts that the command line allows: one thread does all
 * transfers, so that no thread of the server ever waits for one. Bounded in time here, in size by the
 * receiver. The only file of the mock that knows libcurl. */
#ifndef MOCK_FETCH_H
#define MOCK_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "mock/refusal.h"

struct fetcher;

struct fetcher *fetcher_new(void); /* of no allowed hosts */
/* Ends what is under way as FETCH_FAILED, and so does all that is started later. */
void fetcher_stop(struct fetcher *fetcher);
void fetcher_free(struct fetcher *fetcher); /* accepts NULL; stops */

/* "HOST" or "HOST:PORT", an IPv6 address in brackets; before anything is fetched. */
bool fetcher_allow(struct fetcher *fetcher, const char *host, struct err *err);
/* Whether data may be fetched from there: 400. */
bool fetcher_permits(const struct fetcher *fetcher, const char *url, struct refusal *refusal);

enum fetch_result {
    FETCH_WHOLE,
    FETCH_MISSING, /* there is nothing */
    FETCH_FAILED,
};

/* Called on the fetcher's thread, data any number of times and then done once; done may also be called
 * before fetcher_start returns. */
struct fetch_receiver {
    bool (*data)(void *context, const void *bytes, size_t length); /* false: enough, FETCH_FAILED */
    void (*done)(void *context, enum fetch_result result);
    void *context;
};

/* `url` must be permitted; it is copied, and so is the receiver. Redirects are followed to permitted places.
 */
void fetcher_start(struct fetcher *fetcher, const char *url, const struct fetch_receiver *receiver);

#endif
