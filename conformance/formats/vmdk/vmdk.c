#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "conformance/formats/vmdk/vmdk_image.h"
#include "specs/layouts/vmdk_esx.h"

#define PROBE_TEXT_BYTES 1024

/* ---- One file that is all -------------------------------------------------------------------------- */

/* A stream-optimised or a monolithic extent says in its descriptor what its header says. */
static void compare_with_header(const struct vmdk_sparse *extent, const struct vmdk_descriptor *descriptor)
{
    struct check *check = extent->check;
    bool stream = strcmp(descriptor->create_type, "streamOptimized") == 0;
    bool sparse = strcmp(descriptor->create_type, "monolithicSparse") == 0;
    if ((stream && !extent->compressed) || (sparse && extent->compressed) || (!stream && !sparse))
        check_find(check, RULE_VMDK_DESCRIPTOR_KIND, descriptor->at, "createType",
                   "is %s, but the extent in the same file is %scompressed", descriptor->create_type,
                   extent->compressed ? "" : "not ");
    if (descriptor->extent_count == 1 && descriptor->extents[0].sectors != extent->capacity)
        check_find(check, RULE_VMDK_EXTENT_CAPACITY, descriptor->extents[0].at, "extent",
                   "has %" PRIu64 " sectors, the header says %" PRIu64, descriptor->extents[0].sectors,
                   extent->capacity);
    for (size_t i = 0; i < descriptor->extent_count; i++)
        vmdk_extent_is_beside(check, &descriptor->extents[i]);
}

static bool is_blank(struct check *check, uint64_t offset, uint64_t length)
{
    uint8_t bytes[VMDK_SECTOR_SIZE];
    for (uint64_t done = 0; done < length; done += sizeof bytes) {
        if (!source_read(check->source, offset + done, bytes, sizeof bytes) ||
            !bytes_are_zero(bytes, sizeof bytes))
            return false;
    }
    return true;
}

/* An extent of a set has no descriptor, but QEMU gives it a place for one. */
static void check_embedded_descriptor(struct vmdk_sparse *extent)
{
    struct check *check = extent->check;
    uint64_t sector = record_number(&extent->header, VMDK_DESCRIPTOR_OFFSET);
    uint64_t sectors = record_number(&extent->header, VMDK_DESCRIPTOR_SIZE);
    uint64_t offset = sector * VMDK_SECTOR_SIZE;
    uint64_t length = sectors * VMDK_SECTOR_SIZE;
    struct vmdk_descriptor descriptor;
    check_set_size(check, extent->capacity * VMDK_SECTOR_SIZE);
    if (sector == 0 || sectors == 0 || is_blank(check, offset, length))
        return;
    bool read = vmdk_read_descriptor(check, offset, length, &descriptor);
    if (read) {
        vmdk_check_descriptor(check, &descriptor);
        compare_with_header(extent, &descriptor);
    }
    vmdk_descriptor_fini(&descriptor);
}

/* An extent of ESX has its descriptor in another file. */
static const struct {
    uint32_t magic;
    vmdk_check_extent_fn *check;
} esx[] = {{COWD_MAGIC_VALUE, vmdk_check_cowd}, {(uint32_t)SESPARSE_MAGIC_VALUE, vmdk_check_sesparse}};

static vmdk_check_extent_fn *esx_check_of(struct source *source)
{
    uint8_t magic[8] = {0};
    if (!source_read(source, 0, magic, sizeof magic))
        return NULL;
    for (size_t i = 0; i < sizeof esx / sizeof *esx; i++) {
        if (get_le32(magic) == esx[i].magic)
            return esx[i].check;
    }
    return NULL;
}

static void check_esx(struct check *check, vmdk_check_extent_fn *check_extent)
{
    struct vmdk_sparse extent = {.check = check};
    check_extent(&extent);
    if (extent.grain > 0)
        check_set_size(check, extent.capacity * VMDK_SECTOR_SIZE);
}

static void check_single(struct check *check)
{
    struct vmdk_sparse extent = {.check = check};
    vmdk_check_sparse(&extent);
    if (extent.grain == 0)
        return; /* the header was not usable */
    check_option_flag(check, "zeroed_grain", extent.zeroed_grains);
    if (extent.compressed)
        check_option_text(check, "subformat", "streamOptimized");
    check_embedded_descriptor(&extent);
}

/* ---- A text file and its extents -------------------------------------------------------------------- */

static void check_set(struct check *check)
{
    struct vmdk_descriptor descriptor;
    if (vmdk_read_descriptor(check, 0, source_size(check->source), &descriptor)) {
        vmdk_check_descriptor(check, &descriptor);
        vmdk_check_extents(check, &descriptor);
    }
    vmdk_descriptor_fini(&descriptor);
}

/* ---- The format --------------------------------------------------------------------------------------- */

static bool starts_with_text(struct source *source)
{
    char text[PROBE_TEXT_BYTES];
    uint64_t size = source_size(source);
    size_t length = size < sizeof text ? (size_t)size : sizeof text;
    if (size > VMDK_DESCRIPTOR_BYTES_MAX || !source_read(source, 0, text, length))
        return false;
    return vmdk_is_descriptor(text, length);
}

static void check(struct check *check)
{
    vmdk_check_extent_fn *check_extent = esx_check_of(check->source);
    if (starts_with_text(check->source))
        check_set(check);
    else if (check_extent)
        check_esx(check, check_extent);
    else
        check_single(check);
}

static unsigned probe_header(struct source *source)
{
    static const uint8_t lines[] = {VMDK_SINGLE_END_LINE_VALUE, VMDK_NON_END_LINE_VALUE,
                                    VMDK_DOUBLE_END_LINE_1_VALUE, VMDK_DOUBLE_END_LINE_2_VALUE};
    uint8_t bytes[VMDK_PAD_AT];
    if (!source_read(source, 0, bytes, sizeof bytes))
        return 0;
    bool magic = get_le32(bytes) == VMDK_MAGIC_VALUE;
    bool newlines = memcmp(bytes + VMDK_SINGLE_END_LINE_AT, lines, sizeof lines) == 0;
    bool tables = get_le32(bytes + VMDK_GTES_PER_GT_AT) == VMDK_GTES_PER_GT_VALUE;
    if (!magic && !(newlines && tables))
        return 0;
    return (magic ? 32u : 0) + (newlines ? 32u : 0) + (tables ? 32u : 0);
}

static unsigned probe_esx(struct source *source)
{
    uint8_t bytes[8];
    if (!source_read(source, 0, bytes, sizeof bytes))
        return 0;
    if (get_le32(bytes) == COWD_MAGIC_VALUE)
        return get_le32(bytes + COWD_VERSION_AT) == COWD_VERSION_VALUE ? 64 : 32;
    return get_le64(bytes) == SESPARSE_MAGIC_VALUE ? 64 : 0;
}

static unsigned probe(struct source *source)
{
    unsigned esx_bits = probe_esx(source);
    if (esx_bits > 0)
        return esx_bits;
    return starts_with_text(source) ? 8 * (sizeof VMDK_DESCRIPTOR_SIGNATURE - 1) : probe_header(source);
}

const struct format format_vmdk = {"vmdk", probe, check};
