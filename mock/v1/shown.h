/* How the Images API v1 shows an image: as headers, as an item of a list, as the body of POST and PUT
 * (glance-v1/images-images-v1.inc, glance-v1/parameters.yaml and the samples; seeds/002 for the api-site). */
#ifndef MOCK_V1_SHOWN_H
#define MOCK_V1_SHOWN_H

#include <jansson.h>

#include "mock/exchange.h"
#include "mock/v1/meta.h"

/* The form in which an image is shown. */
enum v1_form {
    V1_IN_LIST,    /* sparse */
    V1_IN_DETAILS, /* whole */
    V1_IN_GET,     /* as headers */
    V1_IN_HEAD,
    V1_FORM_COUNT,
};

json_t *v1_item(const struct exchange *exchange, const struct image *image, enum v1_form list); /* owned */

/* The headers x-image-meta-. False, and nothing added, when they are more than an answer can hold. */
bool v1_answer_meta(struct exchange *exchange, const struct image *image, enum v1_form call);

/* The answer to a POST or a PUT that succeeded. */
void v1_answer_written(struct exchange *exchange, int status, enum v1_kind kind, const struct image *image);

/* Another checksum than that of the image, for a broken rule; `out` is DIGEST_HEX_SIZE bytes. */
void v1_wrong_checksum(const char *checksum, char *out);

#endif
