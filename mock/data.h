/* The data of one image: blocks of 64 KiB, those of zeroes not stored. One thread appends; other
 * threads may read the whole blocks meanwhile. Finished data never change and live as long as
 * somebody refers to them, so a download survives the deletion of its image. */
#ifndef MOCK_DATA_H
#define MOCK_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "mock/space.h"

#define DATA_BLOCK_SIZE BLOCK_SIZE

struct data;

/* Its memory and quota are taken from `space` in the name of `project`; `unbounded` ignores that
 * the memory ends. */
struct data *data_new(struct space *space, const char *project, bool unbounded);
struct data *data_ref(struct data *data);
void data_unref(struct data *data); /* accepts NULL */
DEFINE_CLEANUP(data_unref, struct data *)

enum data_result {
    DATA_STORED,
    DATA_NO_MEMORY, /* over the memory of the server */
    DATA_NO_QUOTA,  /* over the quota of the project */
};

/* After anything but DATA_STORED the data are of no use. */
enum data_result data_append(struct data *data, const void *bytes, size_t length, uint64_t quota_bytes);
enum data_result data_finish(struct data *data);

uint64_t data_length(const struct data *data); /* for the thread that appends, or once finished */

struct data_piece {
    const uint8_t *bytes; /* borrowed from the data */
    size_t length;
};
/* The blocks from number `first` on that are whole, or all of them once finished; at most `limit`. */
size_t data_pieces(struct data *data, size_t first, struct data_piece *out, size_t limit);

/* The last byte reads as another one from now on (before anybody else can read). */
void data_spoil(struct data *data);
/* Finished data only: copies what there is from offset on, at most `size` bytes. */
size_t data_read(const struct data *data, uint64_t offset, void *out, size_t size);

#endif
