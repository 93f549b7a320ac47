/* The block allocation table and the blocks: section "Block Allocation Table and Data Blocks". */
#include <inttypes.h>

#include "base/bytes.h"
#include "conformance/formats/vpc/vpc_image.h"

/* A block is a bitmap of its sectors, padded to a sector, and its data. */
static uint64_t sectors_of_block(const struct vpc *image)
{
    uint64_t sectors = record_number(&image->dynamic, VPC_BLOCK_SIZE) / VPC_SECTOR_SIZE;
    uint64_t bitmap_bytes = (sectors + 7) / 8;
    return sectors + (bitmap_bytes + VPC_SECTOR_SIZE - 1) / VPC_SECTOR_SIZE;
}

static bool sector_is_zero(struct vpc *image, uint64_t offset)
{
    uint8_t bytes[VPC_SECTOR_SIZE];
    return source_read(image->check->source, offset, bytes, sizeof bytes) &&
           bytes_are_zero(bytes, sizeof bytes);
}

/* Eight sectors by a byte of the bitmap, the first one in its most significant bit; false at the first that
 * has data, but is said to have none. */
static bool check_eight(struct vpc *image, uint64_t at, uint64_t block, uint8_t bits, uint64_t data)
{
    for (unsigned i = 0; i < 8; i++) {
        if (bits >> (7 - i) & 1 || sector_is_zero(image, data + i * VPC_SECTOR_SIZE))
            continue;
        check_find(image->check, RULE_VPC_BLOCK_BITMAP, at, "sector bitmap",
                   "a sector of block %" PRIu64 " has data at %" PRIu64
                   ", but the bitmap says that it was never written",
                   block, (data + i * VPC_SECTOR_SIZE));
        return false;
    }
    return true;
}

/* In a dynamic disk a sector whose bit is clear was never written: it reads as zeroes. Most programs set all
 * bits of a block at once, so that there is hardly anything to look at. */
static void check_bitmap(struct vpc *image, uint64_t block, uint32_t entry)
{
    uint64_t sectors = record_number(&image->dynamic, VPC_BLOCK_SIZE) / VPC_SECTOR_SIZE;
    uint64_t bitmap = (uint64_t)entry * VPC_SECTOR_SIZE;
    uint64_t data = bitmap + (sectors_of_block(image) - sectors) * VPC_SECTOR_SIZE;
    for (uint64_t i = 0; i < sectors / 8; i++) {
        uint8_t bits;
        if (!source_read(image->check->source, bitmap + i, &bits, sizeof bits))
            return;
        if (bits != 0xff && !check_eight(image, bitmap + i, block, bits, data + i * 8 * VPC_SECTOR_SIZE))
            return;
    }
}

static void check_block(struct vpc *image, uint64_t at, uint64_t block, uint32_t entry)
{
    struct check *check = image->check;
    uint64_t sectors = sectors_of_block(image);
    struct interval_clash clash;
    uint64_t end = ((uint64_t)entry + sectors) * VPC_SECTOR_SIZE;
    if (end > image->footer_offset) {
        check_find(check, RULE_VPC_BLOCK_PAST_END, at, "BAT entry",
                   "block %" PRIu64 " ends at %" PRIu64 ", but the footer begins at %" PRIu64, block, end,
                   image->footer_offset);
        return;
    }
    if (interval_map_claim_data(check->map, entry, sectors, 1, &clash)) {
        if (image->disk_type == VPC_DISK_DYNAMIC)
            check_bitmap(image, block, entry);
        return;
    }
    if (clash.kind == VPC_KIND_DATA)
        check_find(check, RULE_VPC_BLOCK_SHARED, at, "BAT entry",
                   "block %" PRIu64 " at sector %u overlaps another block", block, entry);
    else
        check_find(check, RULE_VPC_OVERLAP_DATA, at, "BAT entry",
                   "block %" PRIu64 " at sector %u overlaps %s", block, entry,
                   check_kind_text(check, clash.kind));
}

static bool check_entry(void *context, uint64_t index, uint64_t at, const uint8_t *bytes)
{
    struct vpc *image = context;
    uint32_t entry = get_be32(bytes);
    if (interval_map_is_full(image->check->map))
        return false;
    if (entry != VPC_BAT_UNUSED)
        check_block(image, at, index, entry);
    return true;
}

void vpc_check_blocks(struct vpc *image)
{
    struct check *check = image->check;
    uint64_t table = record_number(&image->dynamic, VPC_TABLE_OFFSET);
    uint64_t entries = record_number(&image->dynamic, VPC_MAX_TABLE_ENTRIES);
    uint64_t length = entries * VPC_BAT_ENTRY_SIZE;
    if (!source_has(check->source, table, length)) {
        check_find_field(check, RULE_VPC_BAT_PAST_END, &image->dynamic, VPC_TABLE_OFFSET,
                         "%" PRIu64 " bytes at %" PRIu64 " are not wholly in the file of %" PRIu64 " bytes",
                         length, table, image->file_size);
        return;
    }
    if (table % VPC_SECTOR_SIZE != 0)
        check_find_field(check, RULE_VPC_BAT_UNALIGNED, &image->dynamic, VPC_TABLE_OFFSET,
                         "%" PRIu64 " is not on a sector boundary", table);
    check_claim(image->check, VPC_KIND_BAT, table, length, record_at(&image->dynamic, VPC_TABLE_OFFSET),
                "Table Offset");
    check_each_entry(check, table, entries, VPC_BAT_ENTRY_SIZE, check_entry, image);
}
