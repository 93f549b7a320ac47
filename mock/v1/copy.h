/* Data of an image that come from elsewhere (truth, images-v1: x-image-meta-location,
 * x-glance-api-copy-from). */
#ifndef MOCK_V1_COPY_H
#define MOCK_V1_COPY_H

#include "mock/v1/taking.h"

/* How it ended; `refusal` is NULL when all data are there, digested and as announced. Called once, on any
 * thread, and maybe before v1_copy_start has returned. The taking may be used from then on. */
typedef void v1_copied_fn(void *context, const struct refusal *refusal);

/* Fills the taking, which has begun, with the data of a permitted URL; 404 when there is nothing. */
void v1_copy_start(struct v1_taking *taking, const char *url, v1_copied_fn *done, void *context);

/* Starts a copy that nobody waits for, which makes the image active or killed; takes over the taking. */
void v1_copy_later(struct v1_taking *taking, const char *url);

#endif
