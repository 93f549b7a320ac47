/* How the Images API v2 shows an image (glance-v2/images-images-v2.inc, "Show image"). */
#ifndef MOCK_IMAGE_JSON_H
#define MOCK_IMAGE_JSON_H

#include <stdbool.h>

#include "base/buf.h"
#include "mock/image.h"
#include "mock/rules.h"

/* Of one answer: 1000 images, each made of bodies of at most 1 MiB. */
#define IMAGE_TEXT_MAX (1024 * BUF_MIB)

/* Appends a JSON object. `shows_stores`: the service has more than one. */
void image_json(const struct image *image, const struct rules *rules, bool shows_stores, struct buf *out);

/* Appends a JSON string; the text is valid UTF-8. */
void json_put_text(struct buf *out, const char *text);

#endif
