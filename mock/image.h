/* One revision of an image. A revision is made as a draft, sealed, and never changes again; who
 * holds a reference can read it without a lock, rendered JSON included. */
#ifndef MOCK_IMAGE_H
#define MOCK_IMAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "mock/data.h"
#include "mock/hashing.h"
#include "mock/rules.h"
#include "mock/token.h"

enum image_status {
    IMAGE_QUEUED,
    IMAGE_SAVING,
    IMAGE_ACTIVE,
    IMAGE_DEACTIVATED,
};
const char *image_status_word(enum image_status status);

enum image_visibility {
    VISIBILITY_PRIVATE,
    VISIBILITY_SHARED,
    VISIBILITY_COMMUNITY,
    VISIBILITY_PUBLIC,
};
bool image_visibility_parse(const char *word, enum image_visibility *ret_visibility);

struct image {
    _Atomic size_t refs;
    char id[UUID_SIZE];
    uint64_t number; /* of creation: later ones are greater */
    enum image_status status;
    json_t *attributes; /* owned; see attributes.h */
    char created_at[CLOCK_ISO_SIZE];
    char updated_at[CLOCK_ISO_SIZE];
    struct data *data; /* a reference; NULL: no data */
    uint64_t size;
    struct hashing_sums sums; /* with data */
    const char *store;        /* borrowed from the configuration; with data */

    /* Made by image_seal. */
    const char *owner; /* borrowed from attributes, "" for none */
    enum image_visibility visibility;
    bool protected;
    bool hidden;
    char *json; /* owned */
    size_t json_length;
};

/* A draft; takes over `attributes`. */
struct image *image_new(const char *id, json_t *attributes);
/* A draft of the next revision, updated now. Its attributes are a copy of its own. */
struct image *image_revise(const struct image *image);
/* Ends a draft. `shows_stores`: the service has more than one. */
void image_seal(struct image *draft, const struct rules *rules, bool shows_stores);

struct image *image_ref(struct image *image);
void image_unref(struct image *image); /* accepts NULL; also ends a draft that was not sealed */
DEFINE_CLEANUP(image_unref, struct image *)

void image_set_data(struct image *draft, struct data *data, const struct hashing_sums *sums,
                    const char *store);

/* Text of an attribute, NULL where it is null or not there. */
const char *image_text(const struct image *image, const char *attribute);

bool image_readable(const struct image *image, const struct identity *identity);
bool image_owned(const struct image *image, const struct identity *identity);    /* or an administrator's */
bool image_writable(const struct image *image, const struct identity *identity); /* owned, and may write */

#endif
