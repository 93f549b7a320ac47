/* seSparse extents, as QEMU reads them: block/vmdk.c. Their header names the place of everything; tables and
 * grains are counted from the start of their regions. */
#include <inttypes.h>

#include "base/bytes.h"
#include "base/checked.h"
#include "conformance/formats/vmdk/vmdk_image.h"
#include "specs/layouts/vmdk_esx.h"

static uint64_t number(const struct vmdk_sparse *extent, unsigned field)
{
    return record_number(&extent->header, field);
}

/* ---- The headers -------------------------------------------------------------------------------------- */

static bool check_identity(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    if (!check_read(check, &sesparse_header, 0, &extent->header)) {
        check_find(check, RULE_VMDK_SESPARSE_TRUNCATED, extent->file_size, "header",
                   "the file has only %" PRIu64 " bytes", extent->file_size);
        return false;
    }
    if (number(extent, SESPARSE_MAGIC) != SESPARSE_MAGIC_VALUE)
        check_find_field(check, RULE_VMDK_SESPARSE_MAGIC, &extent->header, SESPARSE_MAGIC,
                         "is 0x%" PRIx64 ", not 0xcafebabe", number(extent, SESPARSE_MAGIC));
    if (number(extent, SESPARSE_VERSION) != SESPARSE_VERSION_VALUE)
        check_find_field(check, RULE_VMDK_SESPARSE_VERSION, &extent->header, SESPARSE_VERSION,
                         "is 0x%" PRIx64 ", not 2.1", number(extent, SESPARSE_VERSION));
    return number(extent, SESPARSE_MAGIC) == SESPARSE_MAGIC_VALUE &&
           number(extent, SESPARSE_VERSION) == SESPARSE_VERSION_VALUE;
}

/* False when the tables cannot be read by what the header says. */
static bool check_constants(struct vmdk_sparse *extent)
{
    static const struct {
        unsigned field;
        uint64_t value;
    } wanted[] = {{SESPARSE_GRAIN_SIZE, SESPARSE_GRAIN_SECTORS},
                  {SESPARSE_GT_SIZE, SESPARSE_GT_SECTORS},
                  {SESPARSE_FLAGS, 0}};
    static const unsigned reserved[] = {SESPARSE_RESERVED, SESPARSE_PAD};
    struct check *check = extent->check;
    bool usable = true;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (number(extent, wanted[i].field) == wanted[i].value)
            continue;
        check_find_field(check, RULE_VMDK_SESPARSE_CONSTANT, &extent->header, wanted[i].field,
                         "is %" PRIu64 ", not %" PRIu64, number(extent, wanted[i].field), wanted[i].value);
        usable = false;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (!record_is_zero(&extent->header, reserved[i]))
            check_find_field(check, RULE_VMDK_SESPARSE_PAD, &extent->header, reserved[i], "is not zero");
    }
    extent->capacity = number(extent, SESPARSE_CAPACITY);
    if (extent->capacity == 0 || extent->capacity > UINT64_MAX / VMDK_SECTOR_SIZE) {
        check_find_field(check, RULE_VMDK_SESPARSE_CAPACITY, &extent->header, SESPARSE_CAPACITY,
                         "%" PRIu64 " sectors", extent->capacity);
        usable = false;
    }
    return usable;
}

static void check_volatile(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    struct record header;
    uint64_t at;
    if (!mul_u64(number(extent, SESPARSE_VOLATILE), VMDK_SECTOR_SIZE, &at) ||
        !check_read(check, &sesparse_volatile, at, &header))
        return; /* said of its region */
    if (record_number(&header, SESPARSE_VOLATILE_MAGIC) != SESPARSE_VOLATILE_MAGIC_VALUE)
        check_find_field(check, RULE_VMDK_SESPARSE_MAGIC, &header, SESPARSE_VOLATILE_MAGIC,
                         "is not 0xcafecafe");
    if (record_number(&header, SESPARSE_REPLAY_JOURNAL) != 0)
        check_find_field(check, RULE_VMDK_SESPARSE_REPLAY, &header, SESPARSE_REPLAY_JOURNAL,
                         "the journal is to be replayed");
    if (!record_is_zero(&header, SESPARSE_VOLATILE_PAD))
        check_find_field(check, RULE_VMDK_SESPARSE_PAD, &header, SESPARSE_VOLATILE_PAD, "is not zero");
}

/* ---- The regions -------------------------------------------------------------------------------------- */

/* The grains come last, and their region may be longer than the file is yet. */
static const struct region {
    unsigned field; /* the size is in the next one */
    enum vmdk_kind kind;
} regions[] = {
    {SESPARSE_VOLATILE, VMDK_KIND_HEADER},
    {SESPARSE_JOURNAL_HEADER, VMDK_KIND_JOURNAL},
    {SESPARSE_JOURNAL, VMDK_KIND_JOURNAL},
    {SESPARSE_GD, VMDK_KIND_GD},
    {SESPARSE_GTS, VMDK_KIND_GT},
    {SESPARSE_FREE, VMDK_KIND_ALLOCATION},
    {SESPARSE_BACKMAP, VMDK_KIND_ALLOCATION},
};

static bool check_region(struct vmdk_sparse *extent, const struct region *region)
{
    uint64_t sector = number(extent, region->field);
    uint64_t sectors = number(extent, region->field + 1);
    uint64_t file_sectors = extent->file_size / VMDK_SECTOR_SIZE;
    const char *name = sesparse_header_fields[region->field].name;
    if (sector > file_sectors || sectors > file_sectors - sector) {
        check_find_field(extent->check, RULE_VMDK_SESPARSE_PAST_END, &extent->header, region->field,
                         "%" PRIu64 " sectors at %" PRIu64 " are not wholly in the file of %" PRIu64
                         " sectors",
                         sectors, sector, file_sectors);
        return false;
    }
    vmdk_claim(extent, region->kind, sector, sectors, record_at(&extent->header, region->field), name);
    return true;
}

static bool check_regions(struct vmdk_sparse *extent)
{
    bool usable = true;
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        usable &= check_region(extent, &regions[i]);
    uint64_t needed = vmdk_gd_entries(extent) * SESPARSE_ENTRY_SIZE;
    if (number(extent, SESPARSE_GD_SIZE) >= (needed + VMDK_SECTOR_SIZE - 1) / VMDK_SECTOR_SIZE)
        return usable;
    check_find_field(extent->check, RULE_VMDK_SESPARSE_GD_SIZE, &extent->header, SESPARSE_GD_SIZE,
                     "%" PRIu64 " sectors are too few for %" PRIu64 " bytes of the grain directory",
                     number(extent, SESPARSE_GD_SIZE), needed);
    return false;
}

/* ---- Tables and grains -------------------------------------------------------------------------------- */

static void check_grain(struct vmdk_sparse *extent, uint64_t at, uint64_t grain, uint64_t bytes)
{
    struct check *check = extent->check;
    struct interval_clash clash;
    uint64_t sector = number(extent, SESPARSE_GRAINS) + grain * SESPARSE_GRAIN_SECTORS;
    uint64_t within = grain * SESPARSE_GRAIN_SECTORS;
    uint64_t region = number(extent, SESPARSE_GRAINS_SIZE);
    if (within >= region || sector > extent->file_size / VMDK_SECTOR_SIZE ||
        !source_has(check->source, sector * VMDK_SECTOR_SIZE, bytes)) {
        check_find(check, RULE_VMDK_GRAIN_PAST_END, at, "grain table entry",
                   "grain %" PRIu64 " is not in the region of the grains, or not wholly in the file", grain);
        return;
    }
    if (interval_map_claim_data(check->map, sector, SESPARSE_GRAIN_SECTORS, 1, &clash))
        return;
    if (clash.kind == VMDK_KIND_DATA)
        check_find(check, RULE_VMDK_GRAIN_SHARED, at, "grain table entry",
                   "grain %" PRIu64 " is that of another entry, too", grain);
    else
        check_find(check, RULE_VMDK_OVERLAP_DATA, at, "grain table entry", "grain %" PRIu64 " overlaps %s",
                   grain, check_kind_text(check, clash.kind));
}

static void check_entry(struct vmdk_sparse *extent, uint64_t at, uint64_t lba, uint64_t entry)
{
    struct check *check = extent->check;
    uint64_t kind = entry >> SESPARSE_GTE_KIND_BITS;
    uint64_t rest = entry & ((UINT64_C(1) << SESPARSE_GTE_KIND_BITS) - 1);
    if (entry == 0)
        return;
    if (kind > SESPARSE_GTE_ALLOCATED || (kind == SESPARSE_GTE_FREE && rest != 0)) {
        check_find(check, RULE_VMDK_SESPARSE_ENTRY, at, "grain table entry", "0x%" PRIx64 " is of no kind",
                   entry);
        return;
    }
    if (kind != SESPARSE_GTE_ALLOCATED)
        return;
    uint64_t low_mask = (UINT64_C(1) << SESPARSE_GTE_NUMBER_LOW_AT) - 1;
    uint64_t low_bits = SESPARSE_GTE_KIND_BITS - SESPARSE_GTE_NUMBER_LOW_AT;
    uint64_t grain = (rest & low_mask) << low_bits | rest >> SESPARSE_GTE_NUMBER_LOW_AT;
    if (lba >= extent->capacity)
        check_find(check, RULE_VMDK_GRAIN_AFTER_CAPACITY, at, "grain table entry",
                   "there is a grain at %" PRIu64 ", past the capacity of %" PRIu64 " sectors", lba,
                   extent->capacity);
    else if (grain > UINT64_MAX / SESPARSE_GRAIN_SECTORS / VMDK_SECTOR_SIZE / 4)
        check_find(check, RULE_VMDK_GRAIN_PAST_END, at, "grain table entry",
                   "grain %" PRIu64 " is in no file", grain);
    else
        check_grain(extent, at, grain, vmdk_grain_bytes(extent, lba));
}

/* The walk through the grain table at `index` of the directory. */
struct table_walk {
    struct vmdk_sparse *extent;
    uint64_t index;
};

static bool check_table_entry(void *context, uint64_t index, uint64_t at, const uint8_t *bytes)
{
    const struct table_walk *walk = context;
    uint64_t grain = walk->index * SESPARSE_GTES_PER_GT + index;
    if (interval_map_is_full(walk->extent->check->map))
        return false;
    check_entry(walk->extent, at, grain * SESPARSE_GRAIN_SECTORS, get_le64(bytes));
    return true;
}

/* A table is gone through once: two entries that lead to it are a finding of the second one. */
static void check_directory_entry(struct vmdk_sparse *extent, uint64_t at, uint64_t index, uint64_t entry)
{
    struct check *check = extent->check;
    uint64_t table = entry & UINT32_MAX;
    uint64_t sector = number(extent, SESPARSE_GTS) + table * SESPARSE_GT_SECTORS;
    if (entry == 0)
        return;
    if ((entry & ~(uint64_t)UINT32_MAX) != SESPARSE_GD_ALLOCATED) {
        check_find(check, RULE_VMDK_SESPARSE_ENTRY, at, "grain directory entry",
                   "0x%" PRIx64 " is of no kind", entry);
    } else if (table >= number(extent, SESPARSE_GTS_SIZE) / SESPARSE_GT_SECTORS) {
        check_find(check, RULE_VMDK_GT_PAST_END, at, "grain directory entry",
                   "grain table %" PRIu64 " is not in the region of the tables", table);
    } else if (interval_map_kind(check->map, sector) == VMDK_KIND_GT_DONE) {
        check_find(check, RULE_VMDK_OVERLAP_TABLES, at, "grain directory entry",
                   "grain table %" PRIu64 " is that of another entry, too", table);
    } else {
        interval_map_set_kind(check->map, sector, VMDK_KIND_GT_DONE);
        check_each_entry(check, sector * VMDK_SECTOR_SIZE, SESPARSE_GTES_PER_GT, SESPARSE_ENTRY_SIZE,
                         check_table_entry, &(struct table_walk){extent, index});
    }
}

static bool visit_directory_entry(void *context, uint64_t index, uint64_t at, const uint8_t *bytes)
{
    struct vmdk_sparse *extent = context;
    if (interval_map_is_full(extent->check->map))
        return false;
    check_directory_entry(extent, at, index, get_le64(bytes));
    return true;
}

void vmdk_check_sesparse(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    extent->file_size = source_size(check->source);
    vmdk_start_map(extent);
    if (!check_identity(extent) || !check_constants(extent))
        return;
    extent->grain = SESPARSE_GRAIN_SECTORS;
    extent->gtes = SESPARSE_GTES_PER_GT;
    if (!vmdk_check_table_count(extent, RULE_VMDK_SESPARSE_CAPACITY, SESPARSE_CAPACITY))
        return;
    vmdk_claim(extent, VMDK_KIND_HEADER, 0, sesparse_header.size / VMDK_SECTOR_SIZE, 0, "header");
    check_volatile(extent);
    if (!check_regions(extent))
        return;
    check_each_entry(check, number(extent, SESPARSE_GD) * VMDK_SECTOR_SIZE, vmdk_gd_entries(extent),
                     SESPARSE_ENTRY_SIZE, visit_directory_entry, extent);
}
