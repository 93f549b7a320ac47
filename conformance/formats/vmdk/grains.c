/* Grain directories, grain tables and grains: sections "Hosted Sparse Extent Metadata" and "Grain Marker". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/deep.h"
#include "conformance/formats/vmdk/vmdk_image.h"
#include "specs/layouts/vmdk_esx.h"

#define GT_BYTES_MAX (COWD_GTES_PER_GT * VMDK_ENTRY_SIZE)
/* A deflate stream of what does not compress is a little longer: zlib, compressBound(). */
#define PACKED_BYTES_MAX(bytes) ((bytes) + (bytes) / 1000 + 64)

static uint32_t gt_bytes(const struct vmdk_sparse *extent)
{
    return extent->gtes * VMDK_ENTRY_SIZE;
}

uint64_t vmdk_gd_entries(const struct vmdk_sparse *extent)
{
    uint64_t covered = extent->grain * extent->gtes;
    return extent->capacity / covered + (extent->capacity % covered != 0);
}

uint64_t vmdk_grain_bytes(const struct vmdk_sparse *extent, uint64_t lba)
{
    uint64_t left = lba < extent->capacity ? extent->capacity - lba : 0;
    return (left < extent->grain ? left : extent->grain) * VMDK_SECTOR_SIZE;
}

/* ---- Grains ------------------------------------------------------------------------------------------- */

static void claim_grain(struct vmdk_sparse *extent, uint64_t at, uint64_t sector, uint64_t sectors)
{
    struct check *check = extent->check;
    struct interval_clash clash;
    if (extent->has_overhead && sector < extent->overhead)
        check_find(check, RULE_VMDK_GRAIN_IN_OVERHEAD, at, "grain table entry",
                   "the grain at sector %" PRIu64 " is in the overhead of %" PRIu64 " sectors", sector,
                   extent->overhead);
    if (interval_map_claim_data(check->map, sector, sectors, 1, &clash))
        return;
    if (clash.kind == VMDK_KIND_DATA)
        check_find(check, RULE_VMDK_GRAIN_SHARED, at, "grain table entry",
                   "the grain at sector %" PRIu64 " overlaps another one", sector);
    else
        check_find(check, RULE_VMDK_OVERLAP_DATA, at, "grain table entry",
                   "the grain at sector %" PRIu64 " overlaps %s", sector, check_kind_text(check, clash.kind));
}

/* The last grain may be packed whole or up to the end of the disk. */
static void check_packed_data(struct vmdk_sparse *extent, uint64_t at, uint64_t lba, uint64_t offset,
                              size_t length)
{
    const struct deep_piece piece = {
        .rule = RULE_VMDK_GRAIN_DATA,
        .at = at,
        .form = INFLATE_ZLIB,
        .offset = offset,
        .length = length,
        .size = extent->grain * VMDK_SECTOR_SIZE,
        .or_size = vmdk_grain_bytes(extent, lba),
    };
    deep_inflate(extent->check, &piece);
}

static void check_marked_grain(struct vmdk_sparse *extent, uint64_t at, uint64_t lba, uint64_t sector)
{
    struct check *check = extent->check;
    struct record marker;
    uint64_t offset = sector * VMDK_SECTOR_SIZE;
    if (!check_read(check, &vmdk_grain_marker, offset, &marker)) {
        check_find(check, RULE_VMDK_GRAIN_PAST_END, at, "grain table entry",
                   "the grain at sector %" PRIu64 " is not in the file", sector);
        return;
    }
    uint64_t length = record_number(&marker, VMDK_GRAIN_BYTES);
    if (record_number(&marker, VMDK_GRAIN_LBA) != lba)
        check_find_field(check, RULE_VMDK_GRAIN_LBA, &marker, VMDK_GRAIN_LBA,
                         "is %" PRIu64 ", the grain table says %" PRIu64,
                         record_number(&marker, VMDK_GRAIN_LBA), lba);
    if (length == 0 || length > PACKED_BYTES_MAX(extent->grain * VMDK_SECTOR_SIZE)) {
        check_find_field(check, RULE_VMDK_GRAIN_LENGTH, &marker, VMDK_GRAIN_BYTES,
                         "%" PRIu64 " bytes are no compressed grain", length);
        return;
    }
    if (!source_has(check->source, offset, vmdk_grain_marker.size + length)) {
        check_find_field(check, RULE_VMDK_GRAIN_PAST_END, &marker, VMDK_GRAIN_BYTES,
                         "%" PRIu64 " bytes reach past the end of the file of %" PRIu64, length,
                         extent->file_size);
        return;
    }
    claim_grain(extent, at, sector,
                (vmdk_grain_marker.size + length + VMDK_SECTOR_SIZE - 1) / VMDK_SECTOR_SIZE);
    if (check->options->deep)
        check_packed_data(extent, at, lba, offset + vmdk_grain_marker.size, (size_t)length);
}

static void check_plain_grain(struct vmdk_sparse *extent, uint64_t at, uint64_t lba, uint64_t sector)
{
    uint64_t offset = sector * VMDK_SECTOR_SIZE;
    uint64_t used = extent->compressed ? 1 : vmdk_grain_bytes(extent, lba);
    if (!source_has(extent->check->source, offset, used))
        check_find(extent->check, RULE_VMDK_GRAIN_PAST_END, at, "grain table entry",
                   "the grain at sector %" PRIu64 " is not wholly in the file of %" PRIu64 " bytes", sector,
                   extent->file_size);
    else
        claim_grain(extent, at, sector, extent->compressed ? 1 : extent->grain);
}

static void check_entry(struct vmdk_sparse *extent, uint64_t at, uint64_t lba, uint32_t entry)
{
    if (entry == VMDK_GTE_UNUSED || (entry == VMDK_GTE_ZEROED && extent->zeroed_grains))
        return;
    extent->grains_found++;
    if (lba >= extent->capacity)
        check_find(extent->check, RULE_VMDK_GRAIN_AFTER_CAPACITY, at, "grain table entry",
                   "there is a grain at %" PRIu64 ", past the capacity of %" PRIu64 " sectors", lba,
                   extent->capacity);
    else if (extent->markers)
        check_marked_grain(extent, at, lba, entry);
    else
        check_plain_grain(extent, at, lba, entry);
}

/* ---- Tables ------------------------------------------------------------------------------------------- */

/* A directory and its tables have their places claimed together; false when the directory is not there. */
struct directory {
    enum vmdk_kind kind;
    enum vmdk_kind table_kind;
    enum rule_index past_end;
    enum rule_index table_past_end;
};

static const struct directory main_directory = {VMDK_KIND_GD, VMDK_KIND_GT, RULE_VMDK_GD_PAST_END,
                                                RULE_VMDK_GT_PAST_END};
static const struct directory redundant_directory = {
    VMDK_KIND_RGD, VMDK_KIND_RGT, RULE_VMDK_REDUNDANT_PAST_END, RULE_VMDK_REDUNDANT_PAST_END};

static bool read_directory_entry(struct vmdk_sparse *extent, uint64_t directory, uint64_t index,
                                 uint32_t *ret_entry)
{
    uint8_t bytes[VMDK_ENTRY_SIZE];
    if (!source_read(extent->check->source, directory * VMDK_SECTOR_SIZE + index * sizeof bytes, bytes,
                     sizeof bytes))
        return false;
    *ret_entry = get_le32(bytes);
    return true;
}

static void claim_table(struct vmdk_sparse *extent, const struct directory *directory, uint64_t at,
                        uint32_t sector)
{
    struct check *check = extent->check;
    uint32_t sectors = gt_bytes(extent) / VMDK_SECTOR_SIZE;
    if (!source_has(check->source, (uint64_t)sector * VMDK_SECTOR_SIZE, gt_bytes(extent))) {
        check_find(check, directory->table_past_end, at, "grain directory entry",
                   "the grain table at sector %" PRIu32 " is not wholly in the file of %" PRIu64 " bytes",
                   sector, extent->file_size);
        return;
    }
    if (extent->has_overhead && (uint64_t)sector + sectors > extent->overhead)
        check_find(check, RULE_VMDK_GT_OUTSIDE_OVERHEAD, at, "grain directory entry",
                   "the grain table at sector %" PRIu32 " is not in the overhead of %" PRIu64 " sectors",
                   sector, extent->overhead);
    vmdk_claim(extent, directory->table_kind, sector, sectors, at, "grain directory entry");
}

static bool claim_directory(struct vmdk_sparse *extent, const struct directory *directory, uint64_t sector,
                            unsigned field)
{
    struct check *check = extent->check;
    uint64_t entries = vmdk_gd_entries(extent);
    uint64_t length = entries * VMDK_ENTRY_SIZE;
    uint64_t file_sectors = extent->file_size / VMDK_SECTOR_SIZE;
    if (sector > file_sectors || !source_has(check->source, sector * VMDK_SECTOR_SIZE, length)) {
        check_find_field(check, directory->past_end, &extent->header, field,
                         "%" PRIu64 " entries at sector %" PRIu64 " are not wholly in the file of %" PRIu64
                         " bytes",
                         entries, sector, extent->file_size);
        return false;
    }
    vmdk_claim(extent, directory->kind, sector, (length + VMDK_SECTOR_SIZE - 1) / VMDK_SECTOR_SIZE,
               record_at(&extent->header, field), extent->header.layout->fields[field].name);
    for (uint64_t i = 0; i < entries && !interval_map_is_full(check->map); i++) {
        uint32_t entry;
        if (!read_directory_entry(extent, sector, i, &entry))
            return false;
        if (entry != 0)
            claim_table(extent, directory, sector * VMDK_SECTOR_SIZE + i * VMDK_ENTRY_SIZE, entry);
    }
    return true;
}

static void compare_tables(struct vmdk_sparse *extent, uint64_t at, uint32_t sector, uint32_t redundant,
                           const uint8_t *table)
{
    uint8_t copy[GT_BYTES_MAX];
    if (!source_read(extent->check->source, (uint64_t)redundant * VMDK_SECTOR_SIZE, copy, gt_bytes(extent)))
        return; /* said when its place was claimed */
    if (memcmp(table, copy, gt_bytes(extent)) != 0)
        check_find(extent->check, RULE_VMDK_REDUNDANT_DIFFERS, at, "redundant grain table",
                   "the grain tables at sectors %" PRIu32 " and %" PRIu32 " differ", sector, redundant);
}

/* `redundant` is 0 when there is no second directory that could be read. */
static void check_table(struct vmdk_sparse *extent, uint64_t index, uint64_t redundant_directory_sector)
{
    uint32_t sector, redundant = 0;
    uint8_t table[GT_BYTES_MAX];
    if (!read_directory_entry(extent, extent->gd, index, &sector))
        return;
    if (redundant_directory_sector != 0 &&
        !read_directory_entry(extent, redundant_directory_sector, index, &redundant))
        return;
    uint64_t redundant_at = redundant_directory_sector * VMDK_SECTOR_SIZE + index * VMDK_ENTRY_SIZE;
    if (redundant_directory_sector != 0 && (sector == 0) != (redundant == 0))
        check_find(extent->check, RULE_VMDK_REDUNDANT_DIFFERS, redundant_at,
                   "redundant grain directory entry",
                   "is %" PRIu32 ", that of the grain directory is %" PRIu32, redundant, sector);
    if (interval_map_count(extent->check->map, sector) != 1 || sector == 0 ||
        !source_read(extent->check->source, (uint64_t)sector * VMDK_SECTOR_SIZE, table, gt_bytes(extent)))
        return;
    if (redundant != 0)
        compare_tables(extent, redundant_at, sector, redundant, table);
    for (uint64_t i = 0; i < extent->gtes && !interval_map_is_full(extent->check->map); i++)
        check_entry(extent, (uint64_t)sector * VMDK_SECTOR_SIZE + i * VMDK_ENTRY_SIZE,
                    (index * extent->gtes + i) * extent->grain, get_le32(table + i * VMDK_ENTRY_SIZE));
}

void vmdk_check_grains(struct vmdk_sparse *extent)
{
    bool has_main = claim_directory(extent, &main_directory, extent->gd, extent->gd_field);
    bool has_redundant =
        extent->redundant && claim_directory(extent, &redundant_directory, extent->rgd, VMDK_RGD_OFFSET);
    uint64_t entries = vmdk_gd_entries(extent);
    for (uint64_t i = 0; has_main && i < entries; i++)
        check_table(extent, i, has_redundant ? extent->rgd : 0);
}
