/* VDI: what VirtualBox's own headers and its check of them ask for. The rules are those of
 * specs/formats/vdi.yaml. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "conformance/formats/check.h"
#include "specs/layouts/vdi.h"

#define PART_BYTES   4096
#define FLAGS_KNOWN  UINT32_C(0x00030100) /* fixed, diff and zero expand: VirtualBox, vd.h */
#define MAJOR(value) ((value) >> 16)

struct vdi {
    struct check *check;
    struct record header;
    uint64_t file_size; /* bytes */
    uint64_t size;      /* of the virtual disk, bytes */
    uint64_t type;
    uint64_t map;        /* offset of the block map */
    uint64_t data;       /* offset of the first block */
    uint64_t blocks;     /* entries of the map */
    uint64_t allocated;  /* blocks, as the header counts them */
    uint64_t block_size; /* bytes of a block with its extra data */
};

static uint64_t number(const struct vdi *image, unsigned field)
{
    return record_number(&image->header, field);
}

/* ---- The header --------------------------------------------------------------------------------------- */

static bool check_identity(struct vdi *image)
{
    struct check *check = image->check;
    if (!check_read(check, &vdi_header, 0, &image->header)) {
        check_find(check, RULE_VDI_HEADER_TRUNCATED, image->file_size, "header",
                   "the file has only %" PRIu64 " bytes", image->file_size);
        return false;
    }
    if (number(image, VDI_SIGNATURE) != VDI_SIGNATURE_VALUE)
        check_find_field(check, RULE_VDI_HEADER_SIGNATURE, &image->header, VDI_SIGNATURE,
                         "is 0x%08" PRIx64 ", not 0xbeda107f", number(image, VDI_SIGNATURE));
    if (number(image, VDI_VERSION) == VDI_VERSION_1_1)
        return true;
    check_find_field(check, RULE_VDI_HEADER_VERSION, &image->header, VDI_VERSION,
                     "is 0x%08" PRIx64 ", not 1.1", number(image, VDI_VERSION));
    return MAJOR(number(image, VDI_VERSION)) == MAJOR(VDI_VERSION_1_1);
}

static void check_sector_size(struct vdi *image, unsigned field)
{
    if (number(image, field) != VDI_SECTOR_SIZE_VALUE)
        check_find_field(image->check, RULE_VDI_HEADER_SECTOR_SIZE, &image->header, field,
                         "is %" PRIu64 ", not 512", number(image, field));
}

static void check_small_fields(struct vdi *image)
{
    struct check *check = image->check;
    const struct layout_field *comment = &vdi_header_fields[VDI_COMMENT];
    if (image->type < VDI_TYPE_NORMAL || image->type > VDI_TYPE_DIFF)
        check_find_field(check, RULE_VDI_HEADER_TYPE, &image->header, VDI_TYPE,
                         "is %" PRIu64 ", valid are 1 to 4", image->type);
    if (number(image, VDI_FLAGS) & ~(uint64_t)FLAGS_KNOWN)
        check_find_field(check, RULE_VDI_HEADER_FLAGS, &image->header, VDI_FLAGS,
                         "0x%" PRIx64 " has bits that are not known", number(image, VDI_FLAGS));
    if (!memchr(record_bytes(&image->header, VDI_COMMENT), 0, comment->width))
        check_find_field(check, RULE_VDI_HEADER_COMMENT, &image->header, VDI_COMMENT,
                         "does not end with a zero byte");
    check_sector_size(image, VDI_SECTOR_SIZE);
    if (number(image, VDI_HEADER_SIZE) >= VDI_HEADER_SIZE_PLUS)
        check_sector_size(image, VDI_LCHS_SECTOR_SIZE);
    if (!record_is_zero(&image->header, VDI_DUMMY))
        check_find_field(check, RULE_VDI_HEADER_DUMMY, &image->header, VDI_DUMMY, "is not zero");
    if (image->size == 0 || image->size % VDI_SECTOR_SIZE_VALUE != 0)
        check_find_field(check, RULE_VDI_HEADER_DISK_SIZE, &image->header, VDI_DISK_SIZE,
                         "%" PRIu64 " is no number of sectors", image->size);
}

static void check_uuids(struct vdi *image)
{
    static const unsigned own[] = {VDI_UUID_CREATE, VDI_UUID_MODIFY};
    struct check *check = image->check;
    bool has_parent = image->type == VDI_TYPE_UNDO || image->type == VDI_TYPE_DIFF;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (record_is_zero(&image->header, own[i]))
            check_find_field(check, RULE_VDI_HEADER_UUID, &image->header, own[i], "is zero");
    }
    if (record_is_zero(&image->header, VDI_UUID_LINKAGE) == has_parent)
        check_find_field(check, RULE_VDI_PARENT_LINK, &image->header, VDI_UUID_LINKAGE,
                         has_parent ? "is zero in an image that has a parent"
                                    : "is not zero in an image without a parent");
    if (!has_parent && !record_is_zero(&image->header, VDI_UUID_PARENT_MODIFY))
        check_find_field(check, RULE_VDI_PARENT_LINK, &image->header, VDI_UUID_PARENT_MODIFY,
                         "is not zero in an image without a parent");
    if (has_parent)
        check_find_field(check, RULE_VDI_PARENT_IMAGE, &image->header, VDI_UUID_LINKAGE,
                         "the image has a parent, named by its UUID");
}

static bool check_block_size(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t size = number(image, VDI_BLOCK_SIZE);
    uint64_t extra = number(image, VDI_BLOCK_EXTRA);
    image->block_size = size + extra;
    if (extra != 0 && (extra & (extra - 1)) != 0)
        check_find_field(check, RULE_VDI_HEADER_BLOCK_EXTRA, &image->header, VDI_BLOCK_EXTRA,
                         "%" PRIu64 " is neither 0 nor a power of two", extra);
    if (size >= VDI_SECTOR_SIZE_VALUE && (size & (size - 1)) == 0)
        return true;
    check_find_field(check, RULE_VDI_HEADER_BLOCK_SIZE, &image->header, VDI_BLOCK_SIZE,
                     "%" PRIu64 " is no power of two from 512 on", size);
    return false;
}

static void check_counts(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t block = number(image, VDI_BLOCK_SIZE);
    uint64_t needed = image->size / block + (image->size % block != 0);
    if (image->blocks != needed)
        check_find_field(check, RULE_VDI_HEADER_BLOCKS, &image->header, VDI_BLOCKS,
                         "is %" PRIu64 ", the disk has %" PRIu64 " blocks", image->blocks, needed);
}

/* Where header, map and data are; false when the map cannot be read. */
static bool check_places(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t header_end = VDI_PREHEADER_SIZE + number(image, VDI_HEADER_SIZE);
    uint64_t map_end = image->map + image->blocks * VDI_MAP_ENTRY_SIZE;
    if (number(image, VDI_HEADER_SIZE) != VDI_HEADER_SIZE_1 &&
        number(image, VDI_HEADER_SIZE) < VDI_HEADER_SIZE_PLUS)
        check_find_field(check, RULE_VDI_HEADER_SIZE, &image->header, VDI_HEADER_SIZE,
                         "is %" PRIu64 ", valid are 384, and 400 or more", number(image, VDI_HEADER_SIZE));
    if (image->map < header_end || image->map % VDI_SECTOR_SIZE_VALUE != 0)
        check_find_field(check, RULE_VDI_MAP_OFFSET, &image->header, VDI_OFF_BLOCKS,
                         "the block map at %" PRIu64
                         " is not on a sector after the header, which ends at %" PRIu64,
                         image->map, header_end);
    if (image->data < map_end || image->data % VDI_SECTOR_SIZE_VALUE != 0)
        check_find_field(check, RULE_VDI_DATA_OFFSET, &image->header, VDI_OFF_DATA,
                         "the data at %" PRIu64
                         " is not on a sector after the block map, which ends at %" PRIu64,
                         image->data, map_end);
    if (source_has(check->source, image->map, image->blocks * VDI_MAP_ENTRY_SIZE))
        return true;
    check_find_field(check, RULE_VDI_MAP_PAST_END, &image->header, VDI_OFF_BLOCKS,
                     "the block map from %" PRIu64 " to %" PRIu64 " is not wholly in the file of %" PRIu64
                     " bytes",
                     image->map, map_end, image->file_size);
    return false;
}

/* ---- The block map ------------------------------------------------------------------------------------ */

/* False when the entry leads to no block. */
static bool check_entry(struct vdi *image, uint64_t at, uint64_t block, uint32_t entry)
{
    struct check *check = image->check;
    struct interval_clash clash;
    uint64_t end = image->data + ((uint64_t)entry + 1) * image->block_size;
    if (entry == VDI_MAP_FREE || entry == VDI_MAP_ZERO) {
        if (image->type == VDI_TYPE_FIXED)
            check_find(check, RULE_VDI_BLOCK_FIXED, at, "block map entry",
                       "block %" PRIu64 " of a fixed image is not allocated", block);
        return false;
    }
    if (entry >= image->blocks || entry >= image->allocated) {
        check_find(check, RULE_VDI_BLOCK_RANGE, at, "block map entry",
                   "block %" PRIu64 " is at %" PRIu32 ", of %" PRIu64 " that are allocated", block, entry,
                   image->allocated);
        return entry < image->blocks;
    }
    if (end > image->file_size)
        check_find(check, RULE_VDI_BLOCK_PAST_END, at, "block map entry",
                   "block %" PRIu64 " ends at %" PRIu64 ", the file at %" PRIu64, block, end,
                   image->file_size);
    if (!interval_map_claim_data(check->map, entry, 1, 1, &clash))
        check_find(check, RULE_VDI_BLOCK_SHARED, at, "block map entry",
                   "block %" PRIu64 " is at %" PRIu32 ", where another one is", block, entry);
    return true;
}

static void check_map(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t length = image->blocks * VDI_MAP_ENTRY_SIZE;
    uint64_t seen = 0;
    uint8_t bytes[PART_BYTES];
    check->map = interval_map_new(VDI_SECTOR_SIZE_VALUE, INTERVAL_MAP_LIMIT_BYTES); /* of block numbers */
    for (uint64_t done = 0; done < length; done += sizeof bytes) {
        size_t part = length - done < sizeof bytes ? (size_t)(length - done) : sizeof bytes;
        if (!source_read(check->source, image->map + done, bytes, part))
            return;
        for (size_t i = 0; i < part; i += VDI_MAP_ENTRY_SIZE) {
            uint64_t block = (done + i) / VDI_MAP_ENTRY_SIZE;
            seen += check_entry(image, image->map + done + i, block, get_le32(bytes + i));
        }
    }
    if (seen != image->allocated)
        check_find_field(check, RULE_VDI_HEADER_BLOCKS_ALLOCATED, &image->header, VDI_BLOCKS_ALLOCATED,
                         "is %" PRIu64 ", the block map has %" PRIu64, image->allocated, seen);
}

static void check(struct check *check)
{
    struct vdi image = {.check = check, .file_size = source_size(check->source)};
    if (!check_identity(&image))
        return;
    image.size = number(&image, VDI_DISK_SIZE);
    image.type = number(&image, VDI_TYPE);
    image.map = number(&image, VDI_OFF_BLOCKS);
    image.data = number(&image, VDI_OFF_DATA);
    image.blocks = number(&image, VDI_BLOCKS);
    image.allocated = number(&image, VDI_BLOCKS_ALLOCATED);
    check_set_size(check, image.size);
    check_option_flag(check, "static", image.type == VDI_TYPE_FIXED);
    check_small_fields(&image);
    check_uuids(&image);
    if (!check_block_size(&image))
        return;
    check_counts(&image);
    if (check_places(&image))
        check_map(&image);
}

/* The text at the start differs between the programs that write it, its frame does not. */
static unsigned probe(struct source *source)
{
    uint8_t bytes[VDI_OFF_BLOCKS_AT];
    unsigned bits = 0;
    if (!source_read(source, 0, bytes, sizeof bytes))
        return 0;
    bits += get_le32(bytes + VDI_SIGNATURE_AT) == VDI_SIGNATURE_VALUE ? 32 : 0;
    bits += get_le32(bytes + VDI_VERSION_AT) == VDI_VERSION_1_1 ? 32 : 0;
    bits += memcmp(bytes, "<<< ", 4) == 0 ? 32 : 0;
    return bits >= 64 || get_le32(bytes + VDI_SIGNATURE_AT) == VDI_SIGNATURE_VALUE ? bits : 0;
}

const struct format format_vdi = {"vdi", probe, check};
