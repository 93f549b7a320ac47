/* How the Images API v1 shows an image: as headers, and as an item of a list (glance-v1/images-images-v1.inc,
 * glance-v1/parameters.yaml and the samples; seeds/002 for the api-site). */
#ifndef MOCK_V1_SHOWN_H
#define MOCK_V1_SHOWN_H

#include <jansson.h>

#include "mock/exchange.h"

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

/* Every field that the in-tree edition has in a list of details, broken rules or not; owned. */
json_t *v1_whole(const struct exchange *exchange, const struct image *image);
/* The address of the image; owned, null where that cannot be told. */
json_t *v1_uri(const struct exchange *exchange, const struct image *image);

#endif
