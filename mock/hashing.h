/* MD5 and SHA-512 of data while they arrive: two lanes, each a cursor over the blocks stored so
 * far, moved on by the workers. The lanes need no queue of bytes of their own, so a slow digest
 * holds nothing but what is stored anyway. */
#ifndef MOCK_HASHING_H
#define MOCK_HASHING_H

#include "base/digest.h"
#include "mock/data.h"
#include "mock/workers.h"

struct hashing_sums {
    char md5[DIGEST_HEX_SIZE];
    char sha512[DIGEST_HEX_SIZE];
};

/* Called on a worker, once both digests of everything are known. */
typedef void hashing_done_fn(void *context);

struct hashing;

struct hashing *hashing_new(struct workers *workers, struct data *data);
void hashing_feed(struct hashing *hashing); /* more blocks may have become whole */
/* The data are finished: `done` follows. */
void hashing_finish(struct hashing *hashing, hashing_done_fn *done, void *context);
/* Only after done. */
const struct hashing_sums *hashing_sums(const struct hashing *hashing);
/* The owner's reference; lanes that still run stop at their next block. Accepts NULL. Not between
 * hashing_finish and its done. */
void hashing_free(struct hashing *hashing);

#endif
