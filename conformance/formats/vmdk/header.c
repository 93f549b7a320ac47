/* The header of a sparse extent, and the footer that repeats it: sections "Hosted Sparse Extent Header" and
 * "Stream-Optimized Compressed Sparse Extents". */
#include <inttypes.h>
#include <string.h>

#include "conformance/formats/vmdk/vmdk_image.h"

/* From the end of a stream: the marker before the footer, the footer, the end-of-stream marker. */
#define FOOTER_FROM_END (UINT64_C(2) * VMDK_SECTOR_SIZE)

static uint64_t number(const struct vmdk_sparse *extent, unsigned field)
{
    return record_number(&extent->header, field);
}

static bool check_identity(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    if (!check_read(check, &vmdk_header, 0, &extent->header)) {
        check_find(check, RULE_VMDK_HEADER_TRUNCATED, extent->file_size, "header",
                   "the file has only %" PRIu64 " bytes", extent->file_size);
        return false;
    }
    if (number(extent, VMDK_MAGIC) != VMDK_MAGIC_VALUE)
        check_find_field(check, RULE_VMDK_HEADER_MAGIC, &extent->header, VMDK_MAGIC, "is not KDMV");
    uint64_t version = number(extent, VMDK_VERSION);
    if (version >= VMDK_VERSION_1 && version <= VMDK_VERSION_3)
        return true;
    check_find_field(check, RULE_VMDK_HEADER_VERSION, &extent->header, VMDK_VERSION,
                     "is %" PRIu64 ", valid are 1 to 3", version);
    return false;
}

static void check_newlines(struct vmdk_sparse *extent)
{
    static const struct {
        unsigned field;
        uint64_t value;
    } wanted[] = {
        {VMDK_SINGLE_END_LINE, VMDK_SINGLE_END_LINE_VALUE},
        {VMDK_NON_END_LINE, VMDK_NON_END_LINE_VALUE},
        {VMDK_DOUBLE_END_LINE_1, VMDK_DOUBLE_END_LINE_1_VALUE},
        {VMDK_DOUBLE_END_LINE_2, VMDK_DOUBLE_END_LINE_2_VALUE},
    };
    if (!(number(extent, VMDK_FLAGS) & VMDK_FLAG_NEWLINE_TEST))
        return;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (number(extent, wanted[i].field) != wanted[i].value)
            check_find_field(extent->check, RULE_VMDK_HEADER_NEWLINES, &extent->header, wanted[i].field,
                             "is 0x%02" PRIx64 ": the file went through a change of line ends",
                             number(extent, wanted[i].field));
    }
}

static void check_flags(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    uint64_t flags = number(extent, VMDK_FLAGS);
    uint64_t algorithm = number(extent, VMDK_COMPRESS_ALGORITHM);
    extent->compressed = flags & VMDK_FLAG_COMPRESSED;
    extent->markers = flags & VMDK_FLAG_MARKERS;
    extent->zeroed_grains = flags & VMDK_FLAG_ZEROED_GRAIN;
    if (extent->zeroed_grains && number(extent, VMDK_VERSION) < VMDK_VERSION_2)
        check_find_field(check, RULE_VMDK_HEADER_ZEROED_GRAINS, &extent->header, VMDK_FLAGS,
                         "bit 2 is set, but the version is %" PRIu64, number(extent, VMDK_VERSION));
    if (flags & ~(uint64_t)VMDK_FLAGS_KNOWN)
        check_find_field(check, RULE_VMDK_HEADER_FLAGS, &extent->header, VMDK_FLAGS,
                         "bits 0x%" PRIx64 " are not known", flags & ~(uint64_t)VMDK_FLAGS_KNOWN);
    if (algorithm > VMDK_COMPRESSION_DEFLATE ||
        extent->compressed != (algorithm == VMDK_COMPRESSION_DEFLATE) ||
        (extent->markers && !extent->compressed))
        check_find_field(check, RULE_VMDK_HEADER_COMPRESSION, &extent->header, VMDK_COMPRESS_ALGORITHM,
                         "is %" PRIu64 ", with flags 0x%" PRIx64, algorithm, flags);
    if (number(extent, VMDK_UNCLEAN_SHUTDOWN) == 1)
        check_find_field(check, RULE_VMDK_HEADER_UNCLEAN, &extent->header, VMDK_UNCLEAN_SHUTDOWN,
                         "the extent was not closed");
    if (number(extent, VMDK_UNCLEAN_SHUTDOWN) > 1)
        check_find_field(check, RULE_VMDK_HEADER_UNCLEAN_VALUE, &extent->header, VMDK_UNCLEAN_SHUTDOWN,
                         "is %" PRIu64 ", valid are 0 and 1", number(extent, VMDK_UNCLEAN_SHUTDOWN));
    if (!record_is_zero(&extent->header, VMDK_PAD))
        check_find_field(check, RULE_VMDK_HEADER_PAD, &extent->header, VMDK_PAD, "is not zero");
}

static bool check_numbers(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    uint64_t grain = number(extent, VMDK_GRAIN_SIZE);
    bool usable = true;
    extent->capacity = number(extent, VMDK_CAPACITY);
    if (extent->capacity == 0 || extent->capacity > UINT64_MAX / VMDK_SECTOR_SIZE) {
        check_find_field(check, RULE_VMDK_HEADER_CAPACITY, &extent->header, VMDK_CAPACITY,
                         "%" PRIu64 " sectors", extent->capacity);
        usable = false;
    }
    if (grain <= VMDK_GRAIN_SIZE_MIN || (grain & (grain - 1)) != 0 || grain > UINT32_MAX) {
        check_find_field(check, RULE_VMDK_HEADER_GRAIN_SIZE, &extent->header, VMDK_GRAIN_SIZE,
                         "%" PRIu64 " sectors are no power of two greater than 8", grain);
        usable = false;
    }
    if (number(extent, VMDK_GTES_PER_GT) != VMDK_GTES_PER_GT_VALUE) {
        check_find_field(check, RULE_VMDK_HEADER_GTES_PER_GT, &extent->header, VMDK_GTES_PER_GT,
                         "is %" PRIu64 ", not 512", number(extent, VMDK_GTES_PER_GT));
        usable = false;
    }
    extent->overhead = number(extent, VMDK_OVERHEAD);
    if (extent->overhead == 0 || extent->overhead > extent->file_size / VMDK_SECTOR_SIZE)
        check_find_field(check, RULE_VMDK_HEADER_OVERHEAD, &extent->header, VMDK_OVERHEAD,
                         "%" PRIu64 " sectors, the file has %" PRIu64, extent->overhead,
                         extent->file_size / VMDK_SECTOR_SIZE);
    if (!usable)
        return false;
    extent->grain = grain;
    extent->gtes = VMDK_GTES_PER_GT_VALUE;
    return vmdk_check_table_count(extent, RULE_VMDK_HEADER_CAPACITY, VMDK_CAPACITY);
}

bool vmdk_check_table_count(struct vmdk_sparse *extent, enum rule_index rule, unsigned field)
{
    uint64_t tables = vmdk_gd_entries(extent);
    if (tables <= VMDK_TABLES_MAX)
        return true;
    check_find_field(extent->check, rule, &extent->header, field,
                     "%" PRIu64 " sectors need %" PRIu64 " grain tables, nothing opens more than %u",
                     extent->capacity, tables, VMDK_TABLES_MAX);
    return false;
}

/* The footer is the header again, but for the place of the grain directory. */
static bool take_footer(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    struct record footer, marker;
    uint64_t at = extent->file_size - FOOTER_FROM_END;
    bool there = extent->file_size >= FOOTER_FROM_END + VMDK_SECTOR_SIZE &&
                 check_read(check, &vmdk_header, at, &footer) &&
                 check_read(check, &vmdk_marker, at - VMDK_SECTOR_SIZE, &marker) &&
                 record_number(&footer, VMDK_MAGIC) == VMDK_MAGIC_VALUE &&
                 record_number(&marker, VMDK_MARKER_TYPE) == VMDK_MARKER_FOOTER;
    if (!there) {
        check_find_field(check, RULE_VMDK_FOOTER_MISSING, &extent->header, VMDK_GD_OFFSET,
                         "says that there is a footer, but there is none before the end of the file");
        return false;
    }
    for (unsigned i = 0; i < vmdk_header_count; i++) {
        if (i != VMDK_GD_OFFSET && i != VMDK_RGD_OFFSET &&
            memcmp(record_bytes(&footer, i), record_bytes(&extent->header, i), vmdk_header_fields[i].width) !=
                0)
            check_find_field(check, RULE_VMDK_FOOTER_DIFFERS, &footer, i, "is not what the header says");
    }
    if (record_number(&footer, VMDK_GD_OFFSET) == VMDK_GD_AT_END) {
        check_find_field(check, RULE_VMDK_FOOTER_DIFFERS, &footer, VMDK_GD_OFFSET,
                         "does not say where the grain directory is");
        return false;
    }
    extent->has_footer = true;
    extent->header = footer;
    vmdk_claim(extent, VMDK_KIND_FOOTER, at / VMDK_SECTOR_SIZE, 1, at, "footer");
    return true;
}

static void claim_descriptor(struct vmdk_sparse *extent)
{
    uint64_t sector = number(extent, VMDK_DESCRIPTOR_OFFSET);
    uint64_t sectors = number(extent, VMDK_DESCRIPTOR_SIZE);
    uint64_t file_sectors = extent->file_size / VMDK_SECTOR_SIZE;
    if (sector == 0)
        return;
    if (sector > file_sectors || sectors > file_sectors - sector)
        check_find_field(extent->check, RULE_VMDK_DESCRIPTOR_PAST_END, &extent->header,
                         VMDK_DESCRIPTOR_OFFSET,
                         "%" PRIu64 " sectors at %" PRIu64 " are not wholly in the file", sectors, sector);
    else
        vmdk_claim(extent, VMDK_KIND_DESCRIPTOR, sector, sectors,
                   record_at(&extent->header, VMDK_DESCRIPTOR_OFFSET), "descriptorOffset");
}

bool vmdk_check_header(struct vmdk_sparse *extent)
{
    if (!check_identity(extent))
        return false;
    check_newlines(extent);
    check_flags(extent);
    vmdk_claim(extent, VMDK_KIND_HEADER, 0, 1, 0, "header");
    claim_descriptor(extent);
    if (!check_numbers(extent))
        return false;
    if (number(extent, VMDK_GD_OFFSET) == VMDK_GD_AT_END && !take_footer(extent))
        return false;
    extent->gd_field = VMDK_GD_OFFSET;
    extent->has_overhead = !extent->markers;
    extent->gd = number(extent, VMDK_GD_OFFSET);
    extent->rgd = number(extent, VMDK_RGD_OFFSET);
    extent->redundant = number(extent, VMDK_FLAGS) & VMDK_FLAG_REDUNDANT_TABLE;
    return true;
}
