/* Data on their way into an image, from the body of a request or from elsewhere: the image is saving
 * meanwhile, and active or killed afterwards (glance-v1/images-images-v1.inc, "Create image" and "Update
 * image"; truth, images-v1). */
#ifndef MOCK_V1_TAKING_H
#define MOCK_V1_TAKING_H

#include "mock/intake.h"
#include "mock/v1/meta.h"

#define V1_CHECKSUM_SIZE 64 /* what a request may announce, and more */

struct v1_taking {
    struct mock *mock;
    enum v1_kind kind;
    struct image
        *image;  /* the revision that this made last, a reference; NULL: the image is yet to be made */
    bool saving; /* the image is saving because of this */
    struct intake *intake;
    struct intake_terms terms;
    char project[IDENTITY_NAME_SIZE]; /* that of the terms */
    const char *store;                /* borrowed from the configuration */
    uint64_t announced_bytes;         /* 0: of any size */
    char announced_checksum[V1_CHECKSUM_SIZE];
    bool located; /* the data stay elsewhere, for all that the service knows: it tells no checksum */
};

/* The terms and what the request announces; NULL for `image`: it is yet to be made. */
void v1_taking_init(struct v1_taking *taking, const struct exchange *exchange, const struct v1_meta *meta,
                    const struct image *image);
/* Leaves an image that is saving as one whose data were lost. */
void v1_taking_fini(struct v1_taking *taking);

/* A queued image is saving from now on; 409 when it is not queued any more. */
bool v1_taking_begin(struct v1_taking *taking, struct refusal *refusal);
/* 413 when there is no room for them. */
bool v1_taking_take(struct v1_taking *taking, const void *bytes, size_t length, struct refusal *refusal);
/* There are no more data: 400 when they are not as many as announced. intake_finish() may follow. */
bool v1_taking_close(struct v1_taking *taking, struct refusal *refusal);
/* Once they are digested: 400 when the checksum is not as announced. */
bool v1_taking_check(const struct v1_taking *taking, struct refusal *refusal);
/* The draft is active, with the data. */
void v1_taking_give(const struct v1_taking *taking, struct image_draft *draft);
/* Makes the image active; 412 when it has been deleted meanwhile. */
bool v1_taking_commit(struct v1_taking *taking, struct refusal *refusal);
/* The data are lost; the image that was to have them is left killed or queued. */
void v1_taking_leave(struct v1_taking *taking, enum image_status left);

#endif
