#include "mock/gns3/spoil.h"

#include <string.h>

#include "base/bytes.h"
#include "specs/layouts/qcow.h"
#include "specs/layouts/qcow2.h"
#include "specs/layouts/vdi.h"
#include "specs/layouts/vmdk.h"
#include "specs/layouts/vpc.h"

static const struct {
    const char *format;
    uint64_t offset; /* from the start, or from the end */
    bool from_end;
} needed[] = {
    {"qcow2", QCOW2_REFCOUNT_TABLE_OFFSET_AT + 7, false}, /* no longer a multiple of a cluster */
    {"qcow", QCOW_L1_TABLE_OFFSET_AT + 7, false},
    {"vdi", VDI_BLOCKS_AT, false},
    {"vmdk", VMDK_GRAIN_SIZE_AT, false}, /* no longer a power of two */
    {"vpc", 512 - VPC_CHECKSUM_AT, true},
};

static bool change_byte(struct sink *sink, uint64_t offset, struct err *err)
{
    uint8_t byte;
    if (!sink_read(sink, offset, &byte, 1, err))
        return false;
    byte ^= 1;
    return sink_write(sink, offset, &byte, 1, err);
}

bool spoil_image(struct files *files, const char *format, struct err *err)
{
    struct sink *sink = files_sink(files, 0);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (strcmp(needed[i].format, format) == 0)
            return change_byte(
                sink, needed[i].from_end ? sink_size(sink) - needed[i].offset : needed[i].offset, err);
    }
    return true;
}

/* Section "Cluster mapping": where the first byte of the guest's disk is; 0 when it is nowhere. */
static bool find_first_byte(struct sink *sink, uint64_t *ret_offset, struct err *err)
{
    uint8_t bytes[8];
    uint64_t offset;
    if (!sink_read(sink, QCOW2_L1_TABLE_OFFSET_AT, bytes, sizeof bytes, err))
        return false;
    for (unsigned level = 1; (offset = get_be64(bytes) & QCOW2_L1_OFFSET_MASK) && level <= 2; level++) {
        if (!sink_read(sink, offset, bytes, sizeof bytes, err))
            return false;
    }
    *ret_offset = offset;
    return true;
}

bool spoil_content(struct files *files, const char *format, struct err *err)
{
    struct sink *sink = files_sink(files, 0);
    uint64_t offset = 0;
    if (strcmp(format, "qcow2") != 0)
        return change_byte(sink, 0, err);
    return find_first_byte(sink, &offset, err) && (offset == 0 || change_byte(sink, offset, err));
}

bool spoil_last_extent(struct files *files, struct err *err)
{
    size_t count = 0;
    while (files_name(files, count))
        count++;
    return count < 2 || sink_resize(files_sink(files, count - 1), 0, err);
}
