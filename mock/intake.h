/* Data on their way into an image: stored and digested while they arrive, within the size cap and the
 * quota of the project they are stored for. */
#ifndef MOCK_INTAKE_H
#define MOCK_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mock/data.h"
#include "mock/hashing.h"
#include "mock/mock.h"

struct intake_terms {
    const char *project; /* copied */
    uint64_t cap_bytes;  /* of one image */
    uint64_t quota_bytes;
    bool unbounded; /* takes no notice of the end of the memory */
};

enum intake_result {
    INTAKE_GOOD,
    INTAKE_OVER_CAP,
    INTAKE_OVER_QUOTA,
    INTAKE_NO_ROOM,
};

/* Called on a worker, once everything is stored and digested. */
typedef void intake_done_fn(void *context);

struct intake;

struct intake *intake_new(struct mock *mock, const struct intake_terms *terms);
void intake_free(struct intake *intake); /* accepts NULL; not between intake_finish and its done */
DEFINE_CLEANUP(intake_free, struct intake *)

/* Whether so many bytes could be taken in at all, as far as the terms say. */
enum intake_result intake_fits(const struct intake_terms *terms, uint64_t length);
/* After anything but INTAKE_GOOD the intake is of no use. */
enum intake_result intake_take(struct intake *intake, const void *bytes, size_t length);
enum intake_result intake_close(struct intake *intake); /* there are no more data */
/* Once closed: `done` follows, later where the storage is slow. */
void intake_finish(struct intake *intake, intake_done_fn *done, void *context);

uint64_t intake_length(const struct intake *intake);
/* Only after done; both borrowed. */
struct data *intake_data(const struct intake *intake);
const struct hashing_sums *intake_sums(const struct intake *intake);

#endif
