/* The footer and its copy: section "Hard Disk Footer Format". */
#include <inttypes.h>
#include <string.h>

#include "conformance/formats/vpc/vpc_image.h"

struct geometry {
    uint64_t cylinders;
    uint64_t heads;
    uint64_t sectors; /* a track */
};

static bool has_cookie(const struct record *footer)
{
    return memcmp(record_bytes(footer, VPC_COOKIE), VPC_FOOTER_COOKIE, sizeof VPC_FOOTER_COOKIE - 1) == 0;
}

static bool is_made_by(const struct record *footer, const char *creator)
{
    return memcmp(record_bytes(footer, VPC_CREATOR_APPLICATION), creator, VPC_CREATOR_SIZE) == 0;
}

/* Appendix "CHS Calculation". */
static struct geometry geometry_of(uint64_t total)
{
    struct geometry g = {.heads = 4, .sectors = 17};
    if (total > VPC_CHS_SECTORS_MAX)
        total = VPC_CHS_SECTORS_MAX;
    if (total >= VPC_CHS_LARGE_FROM) {
        g = (struct geometry){.heads = 16, .sectors = 255};
        g.cylinders = total / g.sectors / g.heads;
        return g;
    }
    uint64_t tracks = total / g.sectors;
    if ((tracks + 1023) / 1024 > g.heads)
        g.heads = (tracks + 1023) / 1024;
    if (tracks >= g.heads * 1024 || g.heads > 16) {
        g = (struct geometry){.heads = 16, .sectors = 31};
        tracks = total / g.sectors;
    }
    if (tracks >= g.heads * 1024) {
        g = (struct geometry){.heads = 16, .sectors = 63};
        tracks = total / g.sectors;
    }
    g.cylinders = tracks / g.heads;
    return g;
}

static bool is_same(const struct geometry *a, const struct geometry *b)
{
    return a->cylinders == b->cylinders && a->heads == b->heads && a->sectors == b->sectors;
}

/* As many whole cylinders as the disk has, of any heads and tracks: VirtualBox takes those of an ATA disk,
 * src/VBox/Storage/VHD.cpp, and programs that copy a disk those of the one that it was. */
static bool is_whole_cylinders(const struct geometry *found, uint64_t total)
{
    uint64_t cylinder = found->heads * found->sectors;
    if (cylinder == 0 || total < cylinder || found->heads > VPC_HEADS_MAX)
        return false;
    uint64_t cylinders = total / cylinder;
    return found->cylinders == cylinders ||
           (cylinders > VPC_CYLINDERS_ATA_MAX && found->cylinders == VPC_CYLINDERS_ATA_MAX);
}

static bool is_geometry_of(const struct geometry *found, uint64_t total)
{
    struct geometry wanted = geometry_of(total);
    return is_same(found, &wanted) || is_whole_cylinders(found, total);
}

/* A geometry that was left behind when the disk grew, or that VirtualBox leaves out until a machine has
 * started with the disk. */
static bool is_odd_but_legal(const struct vpc *image, const struct geometry *found)
{
    static const struct geometry none = {0};
    uint64_t original = record_number(&image->footer, VPC_ORIGINAL_SIZE);
    bool was_left_out =
        is_same(found, &none) && memcmp(record_bytes(&image->footer, VPC_CREATOR_APPLICATION),
                                        VPC_CREATOR_VIRTUALBOX, sizeof VPC_CREATOR_VIRTUALBOX - 1) == 0;
    return was_left_out || (original < image->size && is_geometry_of(found, original / VPC_SECTOR_SIZE));
}

/* The geometry follows from the size; the largest one says that the size must be taken from elsewhere: QEMU,
 * block/vpc.c, force_size. */
static void check_geometry(struct vpc *image)
{
    static const struct geometry largest = {VPC_CYLINDERS_MAX, VPC_HEADS_MAX, VPC_SECTORS_PER_TRACK_MAX};
    struct record *footer = &image->footer;
    uint64_t total = image->size / VPC_SECTOR_SIZE;
    struct geometry wanted = geometry_of(total);
    struct geometry found = {record_number(footer, VPC_CYLINDERS), record_number(footer, VPC_HEADS),
                             record_number(footer, VPC_SECTORS_PER_TRACK)};
    if (is_geometry_of(&found, total) || is_same(&found, &largest))
        return;
    bool odd = is_odd_but_legal(image, &found);
    check_find_field(
        image->check, odd ? RULE_VPC_FOOTER_GEOMETRY_ODD : RULE_VPC_FOOTER_GEOMETRY, footer, VPC_CYLINDERS,
        "%" PRIu64 "/%" PRIu64 "/%" PRIu64 ", %" PRIu64 " sectors make %" PRIu64 "/%" PRIu64 "/%" PRIu64,
        found.cylinders, found.heads, found.sectors, total, wanted.cylinders, wanted.heads, wanted.sectors);
}

static void check_data_offset(struct vpc *image)
{
    struct record *footer = &image->footer;
    uint64_t offset = record_number(footer, VPC_DATA_OFFSET);
    bool none = offset == VPC_DATA_OFFSET_FIXED || offset == (uint32_t)VPC_DATA_OFFSET_FIXED;
    if (image->disk_type == VPC_DISK_FIXED && !none)
        check_find_field(image->check, RULE_VPC_FOOTER_DATA_OFFSET, footer, VPC_DATA_OFFSET,
                         "is %" PRIu64 ", a fixed disk has 0xffffffff", offset);
}

static void check_values(struct vpc *image)
{
    struct check *check = image->check;
    struct record *footer = &image->footer;
    uint64_t features = record_number(footer, VPC_FEATURES);
    if ((features & ~(uint64_t)VPC_FEATURE_TEMPORARY) != VPC_FEATURE_RESERVED)
        check_find_field(check, RULE_VPC_FOOTER_FEATURES, footer, VPC_FEATURES,
                         "is 0x%" PRIx64 ": bit 1 is always set, those from 2 on never", features);
    if (record_number(footer, VPC_FILE_FORMAT_VERSION) != VPC_FILE_FORMAT_VERSION_1_0)
        check_find_field(check, RULE_VPC_FOOTER_VERSION, footer, VPC_FILE_FORMAT_VERSION,
                         "is 0x%" PRIx64 ", not 0x00010000", record_number(footer, VPC_FILE_FORMAT_VERSION));
    if (image->size % VPC_SECTOR_SIZE != 0)
        check_find_field(check, RULE_VPC_FOOTER_SIZE, footer, VPC_CURRENT_SIZE,
                         "%" PRIu64 " is no multiple of 512", image->size);
    if (record_number(footer, VPC_SAVED_STATE) > 1)
        check_find_field(check, RULE_VPC_FOOTER_SAVED_STATE, footer, VPC_SAVED_STATE,
                         "is %" PRIu64 ", valid are 0 and 1", record_number(footer, VPC_SAVED_STATE));
    if (!record_is_zero(footer, VPC_FOOTER_RESERVED))
        check_find_field(check, RULE_VPC_FOOTER_RESERVED, footer, VPC_FOOTER_RESERVED, "is not zero");
    if (record_number(footer, VPC_CHECKSUM) != vpc_checksum(footer, VPC_CHECKSUM))
        check_find_field(check, RULE_VPC_FOOTER_CHECKSUM, footer, VPC_CHECKSUM,
                         "is 0x%08" PRIx64 ", the bytes make 0x%08x", record_number(footer, VPC_CHECKSUM),
                         vpc_checksum(footer, VPC_CHECKSUM));
    check_data_offset(image);
    check_geometry(image);
}

/* Reads the footer at the end, of 512 bytes or, when there is none, of 511. */
static bool read_end(struct vpc *image)
{
    struct check *check = image->check;
    image->footer_offset = image->file_size >= vpc_footer.size ? image->file_size - vpc_footer.size : 0;
    if (check_read(check, &vpc_footer, image->footer_offset, &image->footer) && has_cookie(&image->footer))
        return true;
    uint64_t old = image->footer_offset + vpc_footer.size - VPC_FOOTER_SIZE_OLD;
    if (image->file_size < VPC_FOOTER_SIZE_OLD ||
        !check_read_part(check, &vpc_footer, old, VPC_FOOTER_SIZE_OLD, &image->footer) ||
        !has_cookie(&image->footer))
        return false;
    image->footer_offset = old;
    bool may_be_old = is_made_by(&image->footer, VPC_CREATOR_VIRTUAL_PC);
    check_find_field(check, may_be_old ? RULE_VPC_FOOTER_OLD : RULE_VPC_FOOTER_CUT, &image->footer,
                     VPC_COOKIE, "the footer has 511 bytes, %s",
                     may_be_old ? "as before Virtual PC 2004" : "which only Virtual PC made");
    return true;
}

/* The footer at the end is the one that counts, but for its copy a damaged disk would be lost. */
static void check_copy(struct vpc *image)
{
    struct check *check = image->check;
    struct record copy;
    if (image->disk_type == VPC_DISK_FIXED)
        return;
    if (!check_read(check, &vpc_footer, 0, &copy) || !has_cookie(&copy)) {
        check_find(check, RULE_VPC_COPY_MISSING, 0, "copy of the footer",
                   "there is no copy of the footer at the start");
        return;
    }
    size_t length = (size_t)(image->file_size - image->footer_offset);
    if (memcmp(copy.bytes, image->footer.bytes, length) != 0)
        check_find(check, RULE_VPC_COPY_DIFFERS, 0, "copy of the footer",
                   "the copy at the start differs from the footer");
}

/* A footer whose cookie is damaged, or the copy of one that is not there. */
static bool recover(struct vpc *image)
{
    struct check *check = image->check;
    if (image->file_size < vpc_footer.size) {
        check_find(check, RULE_VPC_FOOTER_MISSING, 0, "footer", "the file has only %" PRIu64 " bytes",
                   image->file_size);
        return false;
    }
    if (check_read(check, &vpc_footer, 0, &image->footer) && has_cookie(&image->footer)) {
        check_find(check, RULE_VPC_FOOTER_MISSING, image->footer_offset, "footer",
                   "there is a copy of the footer at the start, but none at the end");
        return true;
    }
    check_find(check, RULE_VPC_FOOTER_COOKIE, image->footer_offset, "Cookie", "is not conectix");
    return check_read(check, &vpc_footer, image->footer_offset, &image->footer);
}

bool vpc_check_footer(struct vpc *image)
{
    bool at_end = read_end(image);
    if (!at_end && !recover(image))
        return false;
    image->disk_type = record_number(&image->footer, VPC_DISK_TYPE);
    image->size = record_number(&image->footer, VPC_CURRENT_SIZE);
    check_values(image);
    if (at_end)
        check_copy(image);
    if (image->disk_type >= VPC_DISK_FIXED && image->disk_type <= VPC_DISK_DIFFERENCING)
        return true;
    check_find_field(image->check, RULE_VPC_FOOTER_DISK_TYPE, &image->footer, VPC_DISK_TYPE,
                     "is %" PRIu64 ", valid are 2 to 4", image->disk_type);
    return false;
}
