/* COWD extents: section "ESX Server Sparse Extents". Their grain tables are longer than those of hosted
 * extents, and they have neither an overhead nor a second directory; otherwise the same is asked of their
 * tables. */
#include <inttypes.h>

#include "conformance/formats/vmdk/vmdk_image.h"
#include "specs/layouts/vmdk_esx.h"

static uint64_t number(const struct vmdk_sparse *extent, unsigned field)
{
    return record_number(&extent->header, field);
}

static bool check_identity(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    if (!check_read(check, &cowd_header, 0, &extent->header)) {
        check_find(check, RULE_VMDK_COWD_TRUNCATED, extent->file_size, "header",
                   "the file has only %" PRIu64 " bytes", extent->file_size);
        return false;
    }
    if (number(extent, COWD_MAGIC) != COWD_MAGIC_VALUE)
        check_find_field(check, RULE_VMDK_COWD_MAGIC, &extent->header, COWD_MAGIC, "is not COWD");
    if (number(extent, COWD_VERSION) != COWD_VERSION_VALUE)
        check_find_field(check, RULE_VMDK_COWD_VERSION, &extent->header, COWD_VERSION,
                         "is %" PRIu64 ", not 1", number(extent, COWD_VERSION));
    if (number(extent, COWD_FLAGS) != COWD_FLAGS_VALUE)
        check_find_field(check, RULE_VMDK_COWD_FLAGS, &extent->header, COWD_FLAGS, "is %" PRIu64 ", not 3",
                         number(extent, COWD_FLAGS));
    return number(extent, COWD_MAGIC) == COWD_MAGIC_VALUE &&
           number(extent, COWD_VERSION) == COWD_VERSION_VALUE;
}

static void check_small_fields(struct vmdk_sparse *extent)
{
    static const unsigned reserved[] = {COWD_RESERVED, COWD_PADDING};
    struct check *check = extent->check;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (!record_is_zero(&extent->header, reserved[i]))
            check_find_field(check, RULE_VMDK_COWD_PADDING, &extent->header, reserved[i], "is not zero");
    }
    if (number(extent, COWD_UNCLEAN_SHUTDOWN) != 0)
        check_find_field(check, RULE_VMDK_COWD_UNCLEAN, &extent->header, COWD_UNCLEAN_SHUTDOWN,
                         "the extent was not closed");
}

static bool check_numbers(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    uint64_t grain = number(extent, COWD_GRAIN_SIZE);
    extent->capacity = number(extent, COWD_SECTORS);
    if (extent->capacity == 0)
        check_find_field(check, RULE_VMDK_COWD_CAPACITY, &extent->header, COWD_SECTORS, "is 0");
    if (grain == 0 || (grain & (grain - 1)) != 0) {
        check_find_field(check, RULE_VMDK_COWD_GRAIN_SIZE, &extent->header, COWD_GRAIN_SIZE,
                         "%" PRIu64 " sectors are no power of two", grain);
        return false;
    }
    extent->grain = grain;
    extent->gtes = COWD_GTES_PER_GT;
    extent->gd = number(extent, COWD_GD_OFFSET);
    extent->gd_field = COWD_GD_OFFSET;
    uint64_t entries = number(extent, COWD_GD_ENTRIES);
    if (entries != vmdk_gd_entries(extent))
        check_find_field(check, RULE_VMDK_COWD_GD_ENTRIES, &extent->header, COWD_GD_ENTRIES,
                         "is %" PRIu64 ", the size needs %" PRIu64, entries, vmdk_gd_entries(extent));
    return true;
}

/* What is written next goes there, so nothing may be there yet. */
static void check_free_sector(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    uint64_t free_sector = number(extent, COWD_FREE_SECTOR);
    uint64_t file_sectors =
        extent->file_size / VMDK_SECTOR_SIZE + (extent->file_size % VMDK_SECTOR_SIZE != 0);
    uint64_t used;
    if (interval_map_is_full(check->map))
        return;
    if (interval_map_next(check->map, free_sector, &used))
        check_find_field(check, RULE_VMDK_COWD_FREE_SECTOR, &extent->header, COWD_FREE_SECTOR,
                         "is %" PRIu64 ", but sector %" PRIu64 " is in use", free_sector, used);
    else if (free_sector > file_sectors)
        check_find_field(check, RULE_VMDK_COWD_FREE_SECTOR, &extent->header, COWD_FREE_SECTOR,
                         "is %" PRIu64 ", the file has %" PRIu64 " sectors", free_sector, file_sectors);
}

void vmdk_check_cowd(struct vmdk_sparse *extent)
{
    extent->file_size = source_size(extent->check->source);
    vmdk_start_map(extent);
    if (!check_identity(extent))
        return;
    vmdk_claim(extent, VMDK_KIND_HEADER, 0, cowd_header.size / VMDK_SECTOR_SIZE, 0, "header");
    check_small_fields(extent);
    if (!check_numbers(extent))
        return;
    vmdk_check_grains(extent);
    check_free_sector(extent);
}
