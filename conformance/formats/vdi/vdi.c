/* VDI: what VirtualBox's own headers and its check of them ask for. The rules are those of
 * specs/formats/vdi.yaml. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "conformance/formats/check.h"
#include "specs/layouts/vdi.h"

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
    uint64_t guest_size; /* bytes of a block without them */
};

/* Where the header of version 0.1 has the fields of 1.1 that are judged; it has no others of them. */
static const struct {
    unsigned field;
    unsigned in_0;
} fields_0[] = {
    {VDI_SIGNATURE, VDI_0_SIGNATURE},
    {VDI_VERSION, VDI_0_VERSION},
    {VDI_TYPE, VDI_0_TYPE},
    {VDI_FLAGS, VDI_0_FLAGS},
    {VDI_COMMENT, VDI_0_COMMENT},
    {VDI_SECTOR_SIZE, VDI_0_SECTOR_SIZE},
    {VDI_DISK_SIZE, VDI_0_DISK_SIZE},
    {VDI_BLOCK_SIZE, VDI_0_BLOCK_SIZE},
    {VDI_BLOCKS, VDI_0_BLOCKS},
    {VDI_BLOCKS_ALLOCATED, VDI_0_BLOCKS_ALLOCATED},
    {VDI_UUID_CREATE, VDI_0_UUID_CREATE},
    {VDI_UUID_MODIFY, VDI_0_UUID_MODIFY},
    {VDI_UUID_LINKAGE, VDI_0_UUID_LINKAGE},
};

/* False when the image's header does not have the field. */
static bool has_field(const struct vdi *image, unsigned field, unsigned *ret_own)
{
    *ret_own = field;
    if (image->header.layout == &vdi_header)
        return true;
    for (size_t i = 0; i < sizeof fields_0 / sizeof *fields_0; i++) {
        if (fields_0[i].field == field) {
            *ret_own = fields_0[i].in_0;
            return true;
        }
    }
    return false;
}

/* The field in the image's own header, for a finding about it. */
static unsigned own(const struct vdi *image, unsigned field)
{
    unsigned found;
    has_field(image, field, &found);
    return found;
}

/* 0 of a field that the header does not have. */
static uint64_t number(const struct vdi *image, unsigned field)
{
    unsigned found;
    return has_field(image, field, &found) ? record_number(&image->header, found) : 0;
}

static bool is_zero(const struct vdi *image, unsigned field)
{
    unsigned found;
    return !has_field(image, field, &found) || record_is_zero(&image->header, found);
}

/* ---- The header --------------------------------------------------------------------------------------- */

static const struct layout *layout_of(struct source *source)
{
    uint8_t version[4];
    bool is_0 =
        source_read(source, VDI_VERSION_AT, version, sizeof version) && get_le32(version) == VDI_VERSION_0_1;
    return is_0 ? &vdi_header_0 : &vdi_header;
}

static bool check_identity(struct vdi *image)
{
    struct check *check = image->check;
    if (!check_read(check, layout_of(check->source), 0, &image->header)) {
        check_find(check, RULE_VDI_HEADER_TRUNCATED, image->file_size, "header",
                   "the file has only %" PRIu64 " bytes", image->file_size);
        return false;
    }
    if (number(image, VDI_SIGNATURE) != VDI_SIGNATURE_VALUE)
        check_find_field(check, RULE_VDI_HEADER_SIGNATURE, &image->header, own(image, VDI_SIGNATURE),
                         "is 0x%08" PRIx64 ", not 0xbeda107f", number(image, VDI_SIGNATURE));
    if (number(image, VDI_VERSION) == VDI_VERSION_1_1 || number(image, VDI_VERSION) == VDI_VERSION_0_1)
        return true;
    check_find_field(check, RULE_VDI_HEADER_VERSION, &image->header, own(image, VDI_VERSION),
                     "is 0x%08" PRIx64 ", neither 1.1 nor 0.1", number(image, VDI_VERSION));
    return MAJOR(number(image, VDI_VERSION)) == MAJOR(VDI_VERSION_1_1);
}

static void check_sector_size(struct vdi *image, unsigned field)
{
    if (number(image, field) != VDI_SECTOR_SIZE_VALUE)
        check_find_field(image->check, RULE_VDI_HEADER_SECTOR_SIZE, &image->header, own(image, field),
                         "is %" PRIu64 ", not 512", number(image, field));
}

static void check_small_fields(struct vdi *image)
{
    struct check *check = image->check;
    const struct layout_field *comment = &vdi_header_fields[VDI_COMMENT];
    if (image->type < VDI_TYPE_NORMAL || image->type > VDI_TYPE_DIFF)
        check_find_field(check, RULE_VDI_HEADER_TYPE, &image->header, own(image, VDI_TYPE),
                         "is %" PRIu64 ", valid are 1 to 4", image->type);
    if (number(image, VDI_FLAGS) & ~(uint64_t)FLAGS_KNOWN)
        check_find_field(check, RULE_VDI_HEADER_FLAGS, &image->header, own(image, VDI_FLAGS),
                         "0x%" PRIx64 " has bits that are not known", number(image, VDI_FLAGS));
    if (!memchr(record_bytes(&image->header, own(image, VDI_COMMENT)), 0, comment->width))
        check_find_field(check, RULE_VDI_HEADER_COMMENT, &image->header, own(image, VDI_COMMENT),
                         "does not end with a zero byte");
    check_sector_size(image, VDI_SECTOR_SIZE);
    if (number(image, VDI_HEADER_SIZE) >= VDI_HEADER_SIZE_PLUS)
        check_sector_size(image, VDI_LCHS_SECTOR_SIZE);
    if (!is_zero(image, VDI_DUMMY))
        check_find_field(check, RULE_VDI_HEADER_DUMMY, &image->header, own(image, VDI_DUMMY), "is not zero");
    if (image->size == 0 || image->size % VDI_SECTOR_SIZE_VALUE != 0)
        check_find_field(check, RULE_VDI_HEADER_DISK_SIZE, &image->header, own(image, VDI_DISK_SIZE),
                         "%" PRIu64 " is no number of sectors", image->size);
}

static void check_uuids(struct vdi *image)
{
    static const unsigned ids[] = {VDI_UUID_CREATE, VDI_UUID_MODIFY};
    struct check *check = image->check;
    bool has_parent = image->type == VDI_TYPE_UNDO || image->type == VDI_TYPE_DIFF;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (is_zero(image, ids[i]))
            check_find_field(check, RULE_VDI_HEADER_UUID, &image->header, own(image, ids[i]), "is zero");
    }
    if (is_zero(image, VDI_UUID_LINKAGE) == has_parent)
        check_find_field(check, RULE_VDI_PARENT_LINK, &image->header, own(image, VDI_UUID_LINKAGE),
                         has_parent ? "is zero in an image that has a parent"
                                    : "is not zero in an image without a parent");
    if (!has_parent && !is_zero(image, VDI_UUID_PARENT_MODIFY))
        check_find_field(check, RULE_VDI_PARENT_LINK, &image->header, own(image, VDI_UUID_PARENT_MODIFY),
                         "is not zero in an image without a parent");
    if (has_parent)
        check_find_field(check, RULE_VDI_PARENT_IMAGE, &image->header, own(image, VDI_UUID_LINKAGE),
                         "the image has a parent, named by its UUID");
}

static bool check_block_size(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t size = number(image, VDI_BLOCK_SIZE);
    image->guest_size = size;
    uint64_t extra = number(image, VDI_BLOCK_EXTRA);
    image->block_size = size + extra;
    if (extra != 0 && (extra & (extra - 1)) != 0)
        check_find_field(check, RULE_VDI_HEADER_BLOCK_EXTRA, &image->header, own(image, VDI_BLOCK_EXTRA),
                         "%" PRIu64 " is neither 0 nor a power of two", extra);
    if (size >= VDI_SECTOR_SIZE_VALUE && (size & (size - 1)) == 0)
        return true;
    check_find_field(check, RULE_VDI_HEADER_BLOCK_SIZE, &image->header, own(image, VDI_BLOCK_SIZE),
                     "%" PRIu64 " is no power of two from 512 on", size);
    return false;
}

static void check_counts(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t needed = image->size / image->guest_size + (image->size % image->guest_size != 0);
    if (image->blocks != needed)
        check_find_field(check, RULE_VDI_HEADER_BLOCKS, &image->header, own(image, VDI_BLOCKS),
                         "is %" PRIu64 ", the disk has %" PRIu64 " blocks", image->blocks, needed);
}

/* What the header says of the places of map and data. */
static void check_order(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t header_end = VDI_PREHEADER_SIZE + number(image, VDI_HEADER_SIZE);
    uint64_t map_end = image->map + image->blocks * VDI_MAP_ENTRY_SIZE;
    if (number(image, VDI_HEADER_SIZE) != VDI_HEADER_SIZE_1 &&
        number(image, VDI_HEADER_SIZE) < VDI_HEADER_SIZE_PLUS)
        check_find_field(check, RULE_VDI_HEADER_SIZE, &image->header, own(image, VDI_HEADER_SIZE),
                         "is %" PRIu64 ", valid are 384, and 400 or more", number(image, VDI_HEADER_SIZE));
    if (image->map < header_end || image->map % VDI_SECTOR_SIZE_VALUE != 0)
        check_find_field(check, RULE_VDI_MAP_OFFSET, &image->header, own(image, VDI_OFF_BLOCKS),
                         "the block map at %" PRIu64
                         " is not on a sector after the header, which ends at %" PRIu64,
                         image->map, header_end);
    if (image->data < map_end || image->data % VDI_SECTOR_SIZE_VALUE != 0)
        check_find_field(check, RULE_VDI_DATA_OFFSET, &image->header, own(image, VDI_OFF_DATA),
                         "the data at %" PRIu64
                         " is not on a sector after the block map, which ends at %" PRIu64,
                         image->data, map_end);
}

/* False when the map cannot be read. */
static bool check_places(struct vdi *image)
{
    struct check *check = image->check;
    uint64_t map_end = image->map + image->blocks * VDI_MAP_ENTRY_SIZE;
    if (image->header.layout == &vdi_header)
        check_order(image);
    if (source_has(check->source, image->map, image->blocks * VDI_MAP_ENTRY_SIZE))
        return true;
    check_find_field(check, RULE_VDI_MAP_PAST_END, &image->header,
                     image->header.layout == &vdi_header ? (unsigned)VDI_OFF_BLOCKS : (unsigned)VDI_0_BLOCKS,
                     "the block map from %" PRIu64 " to %" PRIu64 " is not wholly in the file of %" PRIu64
                     " bytes",
                     image->map, map_end, image->file_size);
    return false;
}

/* ---- The block map ------------------------------------------------------------------------------------ */

/* Whether the entry leads to a block. */
static bool check_block(struct vdi *image, uint64_t at, uint64_t block, uint32_t entry)
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

/* The walk through the block map. */
struct map_walk {
    struct vdi *image;
    uint64_t seen; /* entries that lead to a block */
};

static bool check_entry(void *context, uint64_t index, uint64_t at, const uint8_t *bytes)
{
    struct map_walk *walk = context;
    walk->seen += check_block(walk->image, at, index, get_le32(bytes));
    return true;
}

static void check_map(struct vdi *image)
{
    struct check *check = image->check;
    struct map_walk walk = {.image = image};
    check->map = interval_map_new(VDI_SECTOR_SIZE_VALUE, INTERVAL_MAP_LIMIT_BYTES); /* of block numbers */
    if (!check_each_entry(check, image->map, image->blocks, VDI_MAP_ENTRY_SIZE, check_entry, &walk))
        return;
    if (walk.seen != image->allocated)
        check_find_field(check, RULE_VDI_HEADER_BLOCKS_ALLOCATED, &image->header,
                         own(image, VDI_BLOCKS_ALLOCATED), "is %" PRIu64 ", the block map has %" PRIu64,
                         image->allocated, walk.seen);
}

/* In version 0.1 everything follows the one before it. */
static void find_places(struct vdi *image)
{
    bool is_0 = image->header.layout == &vdi_header_0;
    uint64_t map_length = image->blocks * VDI_MAP_ENTRY_SIZE;
    image->map = is_0 ? vdi_header_0.size : number(image, VDI_OFF_BLOCKS);
    image->data = is_0 ? image->map + map_length : number(image, VDI_OFF_DATA);
}

static void check(struct check *check)
{
    struct vdi image = {.check = check, .file_size = source_size(check->source)};
    if (!check_identity(&image))
        return;
    image.size = number(&image, VDI_DISK_SIZE);
    image.type = number(&image, VDI_TYPE);
    image.blocks = number(&image, VDI_BLOCKS);
    find_places(&image);
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
    uint32_t version = get_le32(bytes + VDI_VERSION_AT);
    bits += version == VDI_VERSION_1_1 || version == VDI_VERSION_0_1 ? 32 : 0;
    bits += memcmp(bytes, "<<< ", 4) == 0 ? 32 : 0;
    return bits >= 64 || get_le32(bytes + VDI_SIGNATURE_AT) == VDI_SIGNATURE_VALUE ? bits : 0;
}

const struct format format_vdi = {"vdi", probe, check};
