/* What the calls that deal with one image share. The lock of the store is the caller's. */
#ifndef MOCK_IMAGES_H
#define MOCK_IMAGES_H

#include <stdbool.h>

#include "mock/exchange.h"

/* The image of the path as its requester may see it; NULL after filling `refusal` with 404. */
struct image *images_visible(const struct exchange *exchange, struct refusal *refusal);
/* The same, and the requester may change it: 403 for others and for mere readers. */
struct image *images_writable(const struct exchange *exchange, struct refusal *refusal);
bool images_may_write(const struct image *image, const struct identity *identity);
/* After a change: what is shown from now on. */
void images_changed(const struct mock *mock, struct image *image);
/* Additional properties and tags against their quotas: false after filling `refusal` with 413. */
bool images_within_quota(json_t *document, const struct switches *switches, struct refusal *refusal);

#endif
