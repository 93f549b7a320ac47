/* The guest's disk of an image, byte for byte: what must be the same before and after an image has grown. */
#ifndef CONFORMANCE_FORMATS_GUEST_H
#define CONFORMANCE_FORMATS_GUEST_H

#include "conformance/formats/check.h"

/* Reads bytes of the guest's disk. ERR_VALUE where the image ends or is damaged, and for what is not read
 * here: compressed, encrypted, over a base, in several files. */
bool guest_read(const struct format *format, struct source *source, uint64_t offset, void *out, size_t length,
                struct err *err);

/* How many of the first `size` bytes of the guest's disk have a place in the file. ERR_VALUE as above, and
 * ERR_LIMIT when the tables take too long to look through. */
bool guest_allocated(const struct format *format, struct source *source, uint64_t size, uint64_t *ret_bytes,
                     struct err *err);

/* ---- For the formats: conformance/formats/<name>/guest.c ---------------------------------------------- */

/* Where the guest's bytes are from an offset on. */
struct guest_place {
    uint64_t offset; /* in the file */
    uint64_t length; /* so many are there one after the other */
    bool zero;       /* they read as zeroes, wherever they are */
    bool nowhere;    /* the file has no place for them; then they are zero, too */
};

typedef bool guest_find_fn(struct source *source, uint64_t guest, struct guest_place *ret_place);

guest_find_fn guest_find_qcow;
guest_find_fn guest_find_qcow2;
guest_find_fn guest_find_vdi;
guest_find_fn guest_find_vmdk;
guest_find_fn guest_find_vpc;

#endif
