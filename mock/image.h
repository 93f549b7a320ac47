/* An image: revisions that never change, each one allocation of some hundred bytes, and drafts, which
 * become revisions. Who holds a reference to a revision reads it without a lock. */
#ifndef MOCK_IMAGE_H
#define MOCK_IMAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/uuid.h"
#include "mock/data.h"
#include "mock/hashing.h"
#include "mock/token.h"

enum image_status {
    IMAGE_QUEUED,
    IMAGE_SAVING,
    IMAGE_ACTIVE,
    IMAGE_DEACTIVATED,
    IMAGE_KILLED, /* its data were refused: Images API v1 only */
    IMAGE_PENDING_DELETE,
    IMAGE_DELETED, /* remembered, and in lists of changes */
    IMAGE_STATUS_COUNT,
};
const char *image_status_word(enum image_status status);
bool image_status_parse(const char *word, enum image_status *ret_status);

enum image_visibility {
    VISIBILITY_PRIVATE,
    VISIBILITY_SHARED,
    VISIBILITY_COMMUNITY,
    VISIBILITY_PUBLIC,
    VISIBILITY_COUNT,
};
bool image_visibility_parse(const char *word, enum image_visibility *ret_visibility);

enum member_status {
    MEMBER_PENDING,
    MEMBER_ACCEPTED,
    MEMBER_REJECTED,
};

/* A project that an image is shared with. */
struct image_member {
    const char *project; /* borrowed from the revision or the draft */
    enum member_status status;
    bool can_share; /* on with others: Images API v1 only */
    int64_t created_at_s;
    int64_t updated_at_s;
};

/* What the next revision will be. All fields may be set until it is sealed. */
struct image_draft {
    char id[UUID_SIZE];
    uint64_t number; /* of creation, later ones are greater; 0: the store has yet to give it */
    enum image_status status;
    json_t *attributes; /* owned; see attributes.h */
    int64_t created_at_s;
    int64_t updated_at_s;
    int64_t deleted_at_s; /* 0: not deleted */
    bool size_known;
    uint64_t size;
    struct hashing_sums sums;     /* each "" where it is not known */
    struct data *data;            /* a reference; NULL: no data */
    const char *store;            /* borrowed from the configuration; NULL: in none */
    struct image_member *members; /* owned, and so are their projects; see image_share */
    size_t member_count;
};

/* A draft of an image's first revision, created now; takes over `attributes`. */
struct image_draft *image_new(const char *id, json_t *attributes);
void image_draft_free(struct image_draft *draft); /* accepts NULL */
DEFINE_CLEANUP(image_draft_free, struct image_draft *)

/* With its size and sums. Makes a reference of its own. */
void image_set_data(struct image_draft *draft, struct data *data, const struct hashing_sums *sums,
                    const char *store);
/* Adds a member, or changes the one of that project; copies the project's name. */
void image_share(struct image_draft *draft, const struct image_member *member);
bool image_unshare(struct image_draft *draft, const char *project); /* false: was no member */

struct image; /* a revision */

/* The draft's revision; takes over the draft. */
struct image *image_seal(struct image_draft *draft);
/* A draft of the next revision, updated now. */
struct image_draft *image_revise(const struct image *image);

struct image *image_ref(struct image *image);
void image_unref(struct image *image); /* accepts NULL */
DEFINE_CLEANUP(image_unref, struct image *)

/* All texts are borrowed from the revision. */
const char *image_id(const struct image *image);
uint64_t image_number(const struct image *image);
enum image_status image_status(const struct image *image);
bool image_deleted(const struct image *image);     /* or about to be: nothing but lists of changes shows it */
const char *image_name(const struct image *image); /* NULL: none */
const char *image_owner(const struct image *image);            /* "" for none */
const char *image_disk_format(const struct image *image);      /* NULL: none */
const char *image_container_format(const struct image *image); /* NULL: none */
enum image_visibility image_visibility(const struct image *image);
bool image_protected(const struct image *image);
bool image_hidden(const struct image *image);
uint32_t image_min_disk(const struct image *image); /* GiB */
uint32_t image_min_ram(const struct image *image);  /* MiB */
int64_t image_created_at_s(const struct image *image);
int64_t image_updated_at_s(const struct image *image);
int64_t image_deleted_at_s(const struct image *image); /* 0: not deleted */
bool image_size_known(const struct image *image);
uint64_t image_size(const struct image *image);      /* bytes; 0 where it is not known */
const char *image_md5(const struct image *image);    /* hexadecimal; NULL: not known */
const char *image_sha512(const struct image *image); /* hexadecimal; NULL: not known */
struct data *image_data(const struct image *image);  /* borrowed; NULL: none */
const char *image_store(const struct image *image);  /* NULL: in none */
const char *image_visibility_word(const struct image *image);

/* Text of a base attribute or of a property of the user's own; NULL where it is null or not there. */
const char *image_text(const struct image *image, const char *attribute);
const char *image_property(const struct image *image, const char *name); /* NULL: not there */

/* Walks through what there are several of, in their order. NULL: the first; NULL after the last. */
const char *image_next_tag(const struct image *image, const char *tag);
const char *image_next_property(const struct image *image, const char *name); /* names */
const char *image_property_value(const char *name); /* of a name that image_next_property gave */

size_t image_member_count(const struct image *image);
const struct image_member *image_member(const struct image *image, size_t i);
/* NULL: the project is no member. */
const struct image_member *image_member_of(const struct image *image, const char *project);

/* A new object as attributes.h describes it; owned. */
json_t *image_attributes(const struct image *image);

/* For the store, which numbers images in the order of their arrival, before anybody else sees them. */
void image_set_number(struct image *image, uint64_t number);

bool image_readable(const struct image *image, const struct identity *identity);
bool image_owned(const struct image *image, const struct identity *identity);    /* or an administrator's */
bool image_writable(const struct image *image, const struct identity *identity); /* owned, and may write */

#endif
