/* The answers to POST and PUT of the Images API v1 (glance-v1/images-images-v1.inc and the samples; seeds/002
 * for the api-site). */
#ifndef MOCK_V1_WRITTEN_H
#define MOCK_V1_WRITTEN_H

#include "mock/v1/meta.h"

/* The answer to a POST or a PUT that succeeded. */
void v1_answer_written(struct exchange *exchange, int status, enum v1_kind kind, const struct image *image);

/* Another checksum than that of the image, for a broken rule; `out` is DIGEST_HEX_SIZE bytes. */
void v1_wrong_checksum(const char *checksum, char *out);

#endif
