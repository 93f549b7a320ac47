#include "conformance/formats/guest.h"

#include <string.h>

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

bool guest_read(const struct format *format, struct source *source, uint64_t offset, void *out, size_t length,
                struct err *err)
{
    guest_find_fn *find = find_of(format);
    for (unsigned char *next = out; length > 0;) {
        struct guest_place place = {offset, length, false};
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
