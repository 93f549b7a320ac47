/* The header: section "The Header" of the description of qcow. */
#include <inttypes.h>
#include <string.h>

#include "conformance/formats/qcow/qcow_image.h"

static uint64_t number(const struct qcow *image, unsigned field)
{
    return record_number(&image->header, field);
}

static bool check_identity(struct qcow *image)
{
    struct check *check = image->check;
    if (!check_read(check, &qcow_header, 0, &image->header)) {
        check_find(check, RULE_QCOW_HEADER_TRUNCATED, image->file_size, "header",
                   "the file has only %" PRIu64 " bytes", image->file_size);
        return false;
    }
    if (number(image, QCOW_MAGIC) != QCOW_MAGIC_VALUE)
        check_find_field(check, RULE_QCOW_HEADER_MAGIC, &image->header, QCOW_MAGIC, "is not QFI\\xfb");
    if (number(image, QCOW_VERSION) == QCOW_VERSION_VALUE)
        return true;
    check_find_field(check, RULE_QCOW_HEADER_VERSION, &image->header, QCOW_VERSION, "is %" PRIu64 ", not 1",
                     number(image, QCOW_VERSION));
    return false;
}

static bool check_bits(struct qcow *image)
{
    struct check *check = image->check;
    uint64_t cluster_bits = number(image, QCOW_CLUSTER_BITS);
    uint64_t l2_bits = number(image, QCOW_L2_BITS);
    bool cluster_ok = cluster_bits >= QCOW_CLUSTER_BITS_MIN && cluster_bits <= QCOW_CLUSTER_BITS_MAX;
    bool l2_ok = l2_bits >= QCOW_L2_BITS_MIN && l2_bits <= QCOW_L2_BITS_MAX;
    if (!cluster_ok)
        check_find_field(check, RULE_QCOW_HEADER_CLUSTER_BITS, &image->header, QCOW_CLUSTER_BITS,
                         "is %" PRIu64 ", valid are 9 to 16", cluster_bits);
    if (!l2_ok)
        check_find_field(check, RULE_QCOW_HEADER_L2_BITS, &image->header, QCOW_L2_BITS,
                         "is %" PRIu64 ", valid are 6 to 13", l2_bits);
    if (cluster_ok && l2_ok) {
        image->cluster_size = UINT64_C(1) << cluster_bits;
        image->l2_entries = UINT64_C(1) << l2_bits;
    }
    return cluster_ok && l2_ok;
}

static void check_small_fields(struct qcow *image)
{
    struct check *check = image->check;
    if (!record_is_zero(&image->header, QCOW_PADDING))
        check_find_field(check, RULE_QCOW_HEADER_PADDING, &image->header, QCOW_PADDING, "is not zero");
    if (number(image, QCOW_CRYPT_METHOD) > QCOW_CRYPT_AES)
        check_find_field(check, RULE_QCOW_HEADER_CRYPT_METHOD, &image->header, QCOW_CRYPT_METHOD,
                         "is %" PRIu64 ", known are 0 and 1", number(image, QCOW_CRYPT_METHOD));
    else if (number(image, QCOW_CRYPT_METHOD) == QCOW_CRYPT_AES)
        check_option_text(check, "encrypt.format", "aes");
}

static void check_backing(struct qcow *image)
{
    struct check *check = image->check;
    uint64_t offset = number(image, QCOW_BACKING_FILE_OFFSET);
    uint64_t length = number(image, QCOW_BACKING_FILE_SIZE);
    char name[QCOW_BACKING_NAME_MAX + 1] = {0};
    if (offset == 0)
        return;
    if (length == 0 || length > QCOW_BACKING_NAME_MAX) {
        check_find_field(check, RULE_QCOW_BACKING_NAME_LENGTH, &image->header, QCOW_BACKING_FILE_SIZE,
                         "is %" PRIu64 ", valid are 1 to 1023", length);
        return;
    }
    if (offset < qcow_header.size || !source_read(check->source, offset, name, (size_t)length)) {
        check_find_field(check, RULE_QCOW_BACKING_NAME_PLACE, &image->header, QCOW_BACKING_FILE_OFFSET,
                         "%" PRIu64 " bytes at %" PRIu64 " are not after the header and in the file", length,
                         offset);
        return;
    }
    if (strlen(name) < length)
        check_find(check, RULE_QCOW_BACKING_NAME_TEXT, offset + strlen(name), "backing file name",
                   "there is a zero byte in the name");
    image->name_offset = offset;
    image->name_length = length;
    check_option_text(check, "backing_file", name);
    check_reference(check, name);
    check_find(check, RULE_QCOW_BACKING_FILE, offset, "backing file name", "is %s", name);
}

static bool ranges_overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
    return a < b + b_length && b < a + a_length;
}

/* Header, name and L1 table follow each other within a sector, so they are held against each other by
 * bytes, and only then claimed by sectors. */
static void claim_l1(struct qcow *image, uint64_t length)
{
    struct interval_map *map = image->check->map;
    struct interval_clash clash;
    if (length > 0 && (image->l1_offset < qcow_header.size ||
                       ranges_overlap(image->l1_offset, length, image->name_offset, image->name_length)))
        check_find_field(image->check, RULE_QCOW_OVERLAP_TABLES, &image->header, QCOW_L1_TABLE_OFFSET,
                         "the L1 table at %" PRIu64 " overlaps the header or the backing file name",
                         image->l1_offset);
    interval_map_claim_table(map, QCOW_KIND_HEADER, 0, qcow_header.size, &clash);
    interval_map_claim_table(map, QCOW_KIND_HEADER, image->name_offset, image->name_length, &clash);
    interval_map_claim_table(map, QCOW_KIND_L1, image->l1_offset, length, &clash);
}

/* Section "2-Level Lookups": the L1 table has an entry for each L2 table that the size needs. */
static bool check_l1(struct qcow *image)
{
    struct check *check = image->check;
    uint64_t covered = image->cluster_size * image->l2_entries; /* by one L2 table; 29 bits at most */
    uint64_t length;
    image->l1_entries = image->size / covered + (image->size % covered != 0);
    length = image->l1_entries * QCOW_ENTRY_SIZE;
    image->l1_offset = number(image, QCOW_L1_TABLE_OFFSET);
    if (image->l1_offset % QCOW_ENTRY_SIZE != 0)
        check_find_field(check, RULE_QCOW_L1_UNALIGNED, &image->header, QCOW_L1_TABLE_OFFSET,
                         "%" PRIu64 " is no multiple of 8", image->l1_offset);
    if (!source_has(check->source, image->l1_offset, length)) {
        check_find_field(check, RULE_QCOW_L1_PAST_END, &image->header, QCOW_L1_TABLE_OFFSET,
                         "%" PRIu64 " entries at %" PRIu64 " are not wholly in the file of %" PRIu64 " bytes",
                         image->l1_entries, image->l1_offset, image->file_size);
        return false;
    }
    claim_l1(image, length);
    return true;
}

bool qcow_check_header(struct qcow *image)
{
    if (!check_identity(image))
        return false;
    image->size = number(image, QCOW_SIZE);
    check_set_size(image->check, image->size);
    check_small_fields(image);
    if (image->size <= 1 || image->size > INT64_MAX) {
        check_find_field(image->check, RULE_QCOW_HEADER_SIZE, &image->header, QCOW_SIZE,
                         "%" PRIu64 " bytes are no size of a disk", image->size);
        return false;
    }
    if (!check_bits(image))
        return false;
    check_backing(image);
    return check_l1(image);
}
