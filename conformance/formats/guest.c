#include "conformance/formats/guest.h"

#include <inttypes.h>
#include <string.h>

#define ALLOCATED_PIECES_MAX ((size_t)1 << 16)

static const struct {
    const char *format;
    guest_find_fn *find; /* NULL: the file is the disk */
} formats[] = {
    {"raw", NULL},           {"qcow", guest_find_qcow}, {"qcow2", guest_find_qcow2},
    {"vdi", guest_find_vdi}, {"vmdk", guest_find_vmdk}, {"vpc", guest_find_vpc},
};

static guest_find_fn *find_of(const struct format *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].format, format->name) == 0)
            return formats[i].find;
    }
    return NULL;
}

bool guest_allocated(const struct format *format, struct source *source, uint64_t size, uint64_t *ret_bytes,
                     struct err *err)
{
    guest_find_fn *find = find_of(format);
    uint64_t bytes = find ? 0 : size;
    size_t pieces = 0;
    for (uint64_t offset = 0; find && offset < size; pieces++) {
        struct guest_place place = {0};
        if (pieces == ALLOCATED_PIECES_MAX)
            return err_set(err, ERR_LIMIT, "a disk of more than %zu pieces", pieces);
        if (!find(source, offset, &place) || place.length == 0)
            return err_set(err, ERR_VALUE, "byte %" PRIu64 " of the guest's disk cannot be found", offset);
        uint64_t rest = size - offset;
        uint64_t length = place.length < rest ? place.length : rest;
        bytes += place.nowhere ? 0 : length;
        offset += length;
    }
    *ret_bytes = bytes;
    return true;
}

bool guest_read(const struct format *format, struct source *source, uint64_t offset, void *out, size_t length,
                struct err *err)
{
    guest_find_fn *find = find_of(format);
    for (unsigned char *next = out; length > 0;) {
        struct guest_place place = {.offset = offset, .length = length};
        if (find && (!find(source, offset, &place) || place.length == 0))
            return err_set(err, ERR_VALUE, "byte %llu of the guest's disk cannot be found",
                           (unsigned long long)offset);
        size_t piece = place.length < length ? (size_t)place.length : length;
        if (place.zero)
            memset(next, 0, piece);
        else if (!source_read(source, place.offset, next, piece))
            return err_set(err, ERR_VALUE, "byte %llu of the guest's disk is not in the file",
                           (unsigned long long)offset);
        next += piece;
        offset += piece;
        length -= piece;
    }
    return true;
}
