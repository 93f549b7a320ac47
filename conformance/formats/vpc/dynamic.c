/* The dynamic disk header and the parent locators: section "Dynamic Disk Header Format". */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "conformance/formats/vpc/vpc_image.h"

static bool check_block_size(struct vpc *image)
{
    uint64_t size = record_number(&image->dynamic, VPC_BLOCK_SIZE);
    if (size >= VPC_SECTOR_SIZE && (size & (size - 1)) == 0)
        return true;
    check_find_field(image->check, RULE_VPC_DYNAMIC_BLOCK_SIZE, &image->dynamic, VPC_BLOCK_SIZE,
                     "%" PRIu64 " bytes are no power of two of sectors", size);
    return false;
}

static void check_entries(struct vpc *image)
{
    uint64_t block_size = record_number(&image->dynamic, VPC_BLOCK_SIZE);
    uint64_t entries = record_number(&image->dynamic, VPC_MAX_TABLE_ENTRIES);
    uint64_t needed = image->size / block_size + (image->size % block_size != 0);
    if (entries < needed)
        check_find_field(image->check, RULE_VPC_DYNAMIC_ENTRIES, &image->dynamic, VPC_MAX_TABLE_ENTRIES,
                         "%" PRIu64 " entries, the disk has %" PRIu64 " blocks", entries, needed);
    if (entries > needed)
        check_find_field(image->check, RULE_VPC_DYNAMIC_ENTRIES_ODD, &image->dynamic, VPC_MAX_TABLE_ENTRIES,
                         "%" PRIu64 " entries, the disk has only %" PRIu64 " blocks", entries, needed);
}

static void check_values(struct vpc *image)
{
    struct check *check = image->check;
    struct record *header = &image->dynamic;
    uint64_t data_offset = record_number(header, VPC_DYNAMIC_DATA_OFFSET);
    if (memcmp(record_bytes(header, VPC_DYNAMIC_COOKIE), VPC_DYNAMIC_COOKIE_VALUE,
               sizeof VPC_DYNAMIC_COOKIE_VALUE - 1) != 0)
        check_find_field(check, RULE_VPC_DYNAMIC_COOKIE, header, VPC_DYNAMIC_COOKIE, "is not cxsparse");
    if (data_offset != VPC_DYNAMIC_DATA_OFFSET_VALUE &&
        data_offset != (uint32_t)VPC_DYNAMIC_DATA_OFFSET_VALUE)
        check_find_field(check, RULE_VPC_DYNAMIC_DATA_OFFSET, header, VPC_DYNAMIC_DATA_OFFSET,
                         "is %" PRIu64 ", not 0xffffffff", data_offset);
    if (record_number(header, VPC_HEADER_VERSION) != VPC_HEADER_VERSION_1_0)
        check_find_field(check, RULE_VPC_DYNAMIC_VERSION, header, VPC_HEADER_VERSION,
                         "is 0x%" PRIx64 ", not 0x00010000", record_number(header, VPC_HEADER_VERSION));
    if (record_number(header, VPC_DYNAMIC_CHECKSUM) != vpc_checksum(header, VPC_DYNAMIC_CHECKSUM))
        check_find_field(check, RULE_VPC_DYNAMIC_CHECKSUM, header, VPC_DYNAMIC_CHECKSUM,
                         "is 0x%08" PRIx64 ", the bytes make 0x%08x",
                         record_number(header, VPC_DYNAMIC_CHECKSUM),
                         vpc_checksum(header, VPC_DYNAMIC_CHECKSUM));
    static const unsigned reserved[] = {VPC_DYNAMIC_RESERVED, VPC_DYNAMIC_RESERVED_2};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (!record_is_zero(header, reserved[i]))
            check_find_field(check, RULE_VPC_DYNAMIC_RESERVED, header, reserved[i], "is not zero");
    }
}

bool vpc_check_dynamic(struct vpc *image)
{
    struct check *check = image->check;
    uint64_t offset = record_number(&image->footer, VPC_DATA_OFFSET);
    if (!check_read(check, &vpc_dynamic, offset, &image->dynamic)) {
        check_find_field(check, RULE_VPC_DYNAMIC_PAST_END, &image->footer, VPC_DATA_OFFSET,
                         "the dynamic disk header at %" PRIu64 " is not wholly in the file of %" PRIu64
                         " bytes",
                         offset, image->file_size);
        return false;
    }
    if (offset % VPC_SECTOR_SIZE != 0)
        check_find_field(check, RULE_VPC_DYNAMIC_UNALIGNED, &image->footer, VPC_DATA_OFFSET,
                         "%" PRIu64 " is not on a sector boundary", offset);
    check_claim(image->check, VPC_KIND_DYNAMIC, offset, vpc_dynamic.size,
                record_at(&image->footer, VPC_DATA_OFFSET), "Data Offset");
    check_values(image);
    if (!check_block_size(image))
        return false;
    check_entries(image);
    return true;
}

static bool is_known_code(uint64_t code)
{
    static const uint32_t known[] = {VPC_LOCATOR_WI2R, VPC_LOCATOR_WI2K,      VPC_LOCATOR_W2RU,
                                     VPC_LOCATOR_W2KU, VPC_LOCATOR_MAC_ALIAS, VPC_LOCATOR_MAC_URL};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (code == known[i])
            return true;
    }
    return false;
}

/* `space` is in sectors by the specification, in bytes by those who wrote images: both are believed. */
static void check_locator(struct vpc *image, const struct record *locator)
{
    struct check *check = image->check;
    uint64_t space = record_number(locator, VPC_LOCATOR_SPACE);
    uint64_t length = record_number(locator, VPC_LOCATOR_LENGTH);
    uint64_t offset = record_number(locator, VPC_LOCATOR_OFFSET);
    if (!is_known_code(record_number(locator, VPC_LOCATOR_CODE)))
        check_find_field(check, RULE_VPC_LOCATOR_CODE, locator, VPC_LOCATOR_CODE,
                         "0x%08" PRIx64 " is not known", record_number(locator, VPC_LOCATOR_CODE));
    if (length > space * VPC_SECTOR_SIZE)
        check_find_field(check, RULE_VPC_LOCATOR_LENGTH, locator, VPC_LOCATOR_LENGTH,
                         "%" PRIu64 " bytes do not fit into the space of %" PRIu64, length, space);
    if (!source_has(check->source, offset, length) || length == 0)
        check_find_field(check, RULE_VPC_LOCATOR_PAST_END, locator, VPC_LOCATOR_OFFSET,
                         "%" PRIu64 " bytes at %" PRIu64 " are not in the file of %" PRIu64 " bytes", length,
                         offset, image->file_size);
    else
        check_claim(image->check, VPC_KIND_LOCATOR, offset, length, record_at(locator, VPC_LOCATOR_OFFSET),
                    "Platform Data Offset");
}

/* The name is UTF-16, most significant byte first; what is no ASCII is shown as a question mark. */
static void tell_parent(struct vpc *image)
{
    const struct layout_field *field = &vpc_dynamic_fields[VPC_PARENT_UNICODE_NAME];
    const uint8_t *bytes = record_bytes(&image->dynamic, VPC_PARENT_UNICODE_NAME);
    char name[256 + 1];
    size_t length = 0;
    for (; length < field->width / 2 && get_be16(bytes + length * 2) != 0; length++) {
        uint16_t unit = get_be16(bytes + length * 2);
        name[length] = unit < 0x80 ? (char)unit : '?';
    }
    name[length] = 0;
    check_reference(image->check, name);
    check_find_field(image->check, RULE_VPC_PARENT_FILE, &image->dynamic, VPC_PARENT_UNICODE_NAME,
                     "the parent is %s", name);
}

/* Whether there is a locator. */
static bool check_locators(struct vpc *image, bool differencing)
{
    struct check *check = image->check;
    bool found = false;
    for (unsigned i = 0; i < VPC_LOCATORS; i++) {
        struct record locator;
        uint64_t at = record_at(&image->dynamic, VPC_PARENT_LOCATORS) + i * vpc_locator.size;
        if (!check_read(check, &vpc_locator, at, &locator))
            return found;
        if (!record_is_zero(&locator, VPC_LOCATOR_RESERVED))
            check_find_field(check, RULE_VPC_LOCATOR_RESERVED, &locator, VPC_LOCATOR_RESERVED, "is not zero");
        if (record_number(&locator, VPC_LOCATOR_CODE) == VPC_LOCATOR_NONE)
            continue;
        found = true;
        if (differencing)
            check_locator(image, &locator);
    }
    return found;
}

/* Fields that only a differencing disk has a use for. */
static void check_no_parent(struct vpc *image)
{
    static const unsigned fields[] = {VPC_PARENT_UNIQUE_ID, VPC_PARENT_TIME_STAMP, VPC_PARENT_UNICODE_NAME,
                                      VPC_PARENT_LOCATORS};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!record_is_zero(&image->dynamic, fields[i]))
            check_find_field(image->check, RULE_VPC_PARENT_UNEXPECTED, &image->dynamic, fields[i],
                             "is not zero, but the disk is not differencing");
    }
}

void vpc_check_parent(struct vpc *image)
{
    bool differencing = image->disk_type == VPC_DISK_DIFFERENCING;
    bool located = check_locators(image, differencing);
    if (!differencing) {
        check_no_parent(image);
        return;
    }
    if (record_is_zero(&image->dynamic, VPC_PARENT_UNIQUE_ID))
        check_find_field(image->check, RULE_VPC_PARENT_ID, &image->dynamic, VPC_PARENT_UNIQUE_ID,
                         "is zero in a differencing disk");
    if (!located && record_is_zero(&image->dynamic, VPC_PARENT_UNICODE_NAME))
        check_find_field(image->check, RULE_VPC_PARENT_NAME, &image->dynamic, VPC_PARENT_UNICODE_NAME,
                         "is empty, and there is no parent locator");
    tell_parent(image);
}
