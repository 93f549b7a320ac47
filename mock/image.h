/* One image record: the document that is shown, and the data behind it.
 *
 * Everything here is guarded by the lock of the store that holds the image. */
#ifndef MOCK_IMAGE_H
#define MOCK_IMAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "base/uuid.h"
#include "mock/blob.h"
#include "mock/identity.h"
#include "mock/text.h"

struct image {
    char id[UUID_SIZE];
    json_t *document;       /* as shown, with its status */
    struct text *rendered;  /* the document as JSON text */
    struct blob *data;      /* NULL: none */
    char *md5;              /* of the data, hexadecimal; NULL: none */
    bool spoilt;            /* its data are given with a wrong byte: a broken rule */
    uint64_t charged_bytes; /* what its project's quota has been charged for it */
    struct image *older;
    struct image *newer;
    UT_hash_handle hh;
};

/* Takes `document`, which gets id, self, file, schema and times. */
struct image *image_new(const char *id, json_t *document);
void image_free(struct image *image);

const char *image_text(const struct image *image, const char *name);  /* "" when null or no string */
void image_set(struct image *image, const char *name, json_t *value); /* steals `value` */
void image_set_document(struct image *image, json_t *document);       /* steals */
bool image_has_status(const struct image *image, const char *status);
/* After any change: updated_at, and the text that is sent from now on. `shown_status` replaces the true
 * status in it unless NULL (a broken rule). */
void image_changed(struct image *image, const char *shown_status);

bool image_owned_by(const struct image *image, const struct identity *identity);
/* glance-v2/images-images-v2.inc, "Image visibility". */
bool image_visible_to(const struct image *image, const struct identity *identity);

#endif
