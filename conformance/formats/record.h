/* The bytes of one on-disk structure, and its fields by the layout's table. */
#ifndef CONFORMANCE_FORMATS_RECORD_H
#define CONFORMANCE_FORMATS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "specs/layouts/layout.h"

#define RECORD_BYTES_MAX 2048 /* the largest structure: the header of COWD extents */

struct record {
    const struct layout *layout;
    uint64_t offset; /* in the file */
    uint8_t bytes[RECORD_BYTES_MAX];
};

/* A number of up to 8 bytes, in the field's byte order. */
uint64_t record_number(const struct record *record, unsigned field);
const uint8_t *record_bytes(const struct record *record, unsigned field);
/* Where a field stands in the file. */
uint64_t record_at(const struct record *record, unsigned field);
/* Whether all bytes of a field are zero. */
bool record_is_zero(const struct record *record, unsigned field);
/* One line for each field: offset, name, value. */
void record_dump(const struct record *record, struct buf *out);

/* Whether `length` bytes are all zero. */
bool bytes_are_zero(const uint8_t *bytes, size_t length);

#endif
