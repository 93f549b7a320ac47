/* Section "Hosted Sparse Extent Metadata"; images of one file. */
#include "conformance/formats/guest.h"
#include "base/bytes.h"
#include "specs/layouts/vmdk.h"

static bool read_entry(struct source *source, uint64_t table_sector, uint64_t index, uint64_t *ret_value)
{
    uint8_t entry[VMDK_ENTRY_SIZE];
    if (!source_read(source, table_sector * VMDK_SECTOR_SIZE + index * sizeof entry, entry, sizeof entry))
        return false;
    *ret_value = get_le32(entry);
    return true;
}

bool guest_find_vmdk(struct source *source, uint64_t guest, struct guest_place *ret_place)
{
    uint8_t header[512];
    uint64_t table;
    uint64_t grain = VMDK_GTE_UNUSED;
    if (!source_read(source, 0, header, sizeof header) || get_le32(header) != VMDK_MAGIC_VALUE)
        return false;
    uint64_t grain_size = get_le64(header + VMDK_GRAIN_SIZE_AT) * VMDK_SECTOR_SIZE;
    uint32_t entries = get_le32(header + VMDK_GTES_PER_GT_AT);
    uint32_t flags = get_le32(header + VMDK_FLAGS_AT);
    if (grain_size == 0 || entries == 0 || (flags & VMDK_FLAG_COMPRESSED))
        return false;
    uint64_t index = guest / grain_size;
    if (!read_entry(source, get_le64(header + VMDK_GD_OFFSET_AT), index / entries, &table) ||
        (table != 0 && !read_entry(source, table, index % entries, &grain)))
        return false;
    uint64_t within = guest % grain_size;
    bool zero = grain == VMDK_GTE_UNUSED || ((flags & VMDK_FLAG_ZEROED_GRAIN) && grain == VMDK_GTE_ZEROED);
    *ret_place = (struct guest_place){grain * VMDK_SECTOR_SIZE + within, grain_size - within, zero, zero};
    return true;
}
