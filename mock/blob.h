/* The bytes of an image, kept in extents of 64 KiB. An extent of zeroes is not stored, so that a sparse
 * image costs 8 bytes for each 64 KiB.
 *
 * One thread appends, then seals. Any thread reads whole extents meanwhile and everything afterwards. */
#ifndef MOCK_BLOB_H
#define MOCK_BLOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOB_EXTENT_BYTES ((size_t)64 * 1024)

/* Shared by all blobs of a server: how much may be stored in all. Must outlive them. */
struct blob_budget {
    atomic_uint_fast64_t used_bytes;
    uint64_t limit_bytes;
};

struct blob;

struct blob *blob_new(struct blob_budget *budget); /* one reference */
struct blob *blob_ref(struct blob *blob);
void blob_unref(struct blob *blob); /* accepts NULL */

/* False when the budget is used up: the blob is then as good as lost. */
bool blob_append(struct blob *blob, const void *bytes, size_t length);
void blob_seal(struct blob *blob);
uint64_t blob_size(const struct blob *blob); /* bytes appended so far; the appending thread's, or sealed */

/* Copies what there is at `offset`; the number of bytes. Only of a sealed blob. */
size_t blob_read(const struct blob *blob, uint64_t offset, void *out, size_t most);

/* A run of bytes to be read where it lies. */
struct blob_piece {
    const void *bytes;
    size_t length;
};

/* Up to `most` pieces from extent number `first` on; valid while the caller holds its reference.
 * *ret_last: the blob is sealed and these are its last ones. */
size_t blob_pieces(struct blob *blob, size_t first, struct blob_piece *pieces, size_t most, bool *ret_last);

#endif
