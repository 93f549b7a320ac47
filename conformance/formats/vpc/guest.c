/* Section "Block Allocation Table and Data Blocks". */
#include <string.h>

#include "base/bytes.h"
#include "conformance/formats/guest.h"
#include "specs/layouts/vpc.h"

static bool find_in_block(struct source *source, uint64_t block, uint64_t sectors, uint64_t within,
                          struct guest_place *ret_place)
{
    uint8_t bits;
    uint64_t bitmap = (sectors / 8 + VPC_SECTOR_SIZE - 1) / VPC_SECTOR_SIZE * VPC_SECTOR_SIZE;
    uint64_t sector = within / VPC_SECTOR_SIZE;
    if (!source_read(source, block + sector / 8, &bits, 1))
        return false;
    *ret_place = (struct guest_place){block + bitmap + within, VPC_SECTOR_SIZE - within % VPC_SECTOR_SIZE,
                                      !(bits & 0x80u >> sector % 8), false};
    return true;
}

static bool find_dynamic(struct source *source, uint64_t header_offset, uint64_t guest,
                         struct guest_place *ret_place)
{
    uint8_t header[1024];
    uint8_t entry[VPC_BAT_ENTRY_SIZE];
    if (!source_read(source, header_offset, header, sizeof header))
        return false;
    uint64_t block_size = get_be32(header + VPC_BLOCK_SIZE_AT);
    if (block_size < VPC_SECTOR_SIZE ||
        !source_read(source, get_be64(header + VPC_TABLE_OFFSET_AT) + guest / block_size * sizeof entry,
                     entry, sizeof entry))
        return false;
    uint64_t within = guest % block_size;
    if (get_be32(entry) != VPC_BAT_UNUSED)
        return find_in_block(source, (uint64_t)get_be32(entry) * VPC_SECTOR_SIZE,
                             block_size / VPC_SECTOR_SIZE, within, ret_place);
    *ret_place = (struct guest_place){0, block_size - within, true, true};
    return true;
}

bool guest_find_vpc(struct source *source, uint64_t guest, struct guest_place *ret_place)
{
    uint8_t footer[512];
    uint64_t size = source_size(source);
    if (size < sizeof footer || !source_read(source, size - sizeof footer, footer, sizeof footer) ||
        memcmp(footer, VPC_FOOTER_COOKIE, 8) != 0 || guest >= get_be64(footer + VPC_CURRENT_SIZE_AT))
        return false;
    uint32_t type = get_be32(footer + VPC_DISK_TYPE_AT);
    if (type == VPC_DISK_DYNAMIC)
        return find_dynamic(source, get_be64(footer + VPC_DATA_OFFSET_AT), guest, ret_place);
    *ret_place = (struct guest_place){guest, get_be64(footer + VPC_CURRENT_SIZE_AT) - guest, false, false};
    return type == VPC_DISK_FIXED;
}
