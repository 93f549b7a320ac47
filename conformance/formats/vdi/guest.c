/* The block map, VDIIMAGEBLOCKPOINTER. */
#include "conformance/formats/guest.h"
#include "base/bytes.h"
#include "specs/layouts/vdi.h"

bool guest_find_vdi(struct source *source, uint64_t guest, struct guest_place *ret_place)
{
    uint8_t header[512];
    uint8_t entry[VDI_MAP_ENTRY_SIZE];
    if (!source_read(source, 0, header, sizeof header))
        return false;
    uint64_t block_size = get_le32(header + VDI_BLOCK_SIZE_AT);
    uint64_t extra = get_le32(header + VDI_BLOCK_EXTRA_AT);
    if (block_size == 0 || guest >= get_le64(header + VDI_DISK_SIZE_AT) ||
        !source_read(source, get_le32(header + VDI_OFF_BLOCKS_AT) + guest / block_size * sizeof entry, entry,
                     sizeof entry))
        return false;
    uint64_t within = guest % block_size;
    uint64_t place = get_le32(entry);
    uint64_t block = get_le32(header + VDI_OFF_DATA_AT) + place * (block_size + extra) + extra;
    bool nowhere = place == VDI_MAP_FREE || place == VDI_MAP_ZERO;
    *ret_place = (struct guest_place){block + within, block_size - within, nowhere, nowhere};
    return true;
}
