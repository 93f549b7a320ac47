#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "conformance/formats/vpc/vpc_image.h"

#define COOKIE_BITS 64

/* A fixed disk is its data and the footer. Made before Microsoft Virtual PC 2004, the footer is 511 bytes. */
static void check_fixed(struct vpc *image)
{
    if (image->size != image->footer_offset)
        check_find_field(image->check, RULE_VPC_FIXED_SIZE, &image->footer, VPC_CURRENT_SIZE,
                         "is %" PRIu64 ", but %" PRIu64 " bytes stand before the footer", image->size,
                         image->footer_offset);
}

static void check_dynamic(struct vpc *image)
{
    struct check *check = image->check;
    check_start_map(check, VPC_SECTOR_SIZE, &vpc_kinds);
    check_claim(check, VPC_KIND_COPY, 0, vpc_footer.size, 0, "copy of the footer");
    check_claim(check, VPC_KIND_FOOTER, image->footer_offset, image->file_size - image->footer_offset,
                image->footer_offset, "footer");
    if (vpc_check_dynamic(image)) {
        vpc_check_parent(image);
        vpc_check_blocks(image);
    }
}

static void tell_options(struct vpc *image)
{
    struct check *check = image->check;
    bool largest = record_number(&image->footer, VPC_CYLINDERS) == VPC_CYLINDERS_MAX &&
                   record_number(&image->footer, VPC_HEADS) == VPC_HEADS_MAX &&
                   record_number(&image->footer, VPC_SECTORS_PER_TRACK) == VPC_SECTORS_PER_TRACK_MAX;
    check_set_size(check, image->size);
    if (image->disk_type == VPC_DISK_FIXED)
        check_option_text(check, "subformat", "fixed");
    else
        check_option_text(check, "subformat",
                          image->disk_type == VPC_DISK_DYNAMIC ? "dynamic" : "differencing");
    check_option_flag(check, "force_size", largest);
}

static void check(struct check *check)
{
    struct vpc image = {.check = check, .file_size = source_size(check->source)};
    if (!vpc_check_footer(&image))
        return;
    tell_options(&image);
    if (image.disk_type == VPC_DISK_FIXED)
        check_fixed(&image);
    else
        check_dynamic(&image);
}

/* Bits of what a footer has: its cookie, and what hardly varies, for one whose cookie is damaged. */
static unsigned footer_bits(const uint8_t *bytes)
{
    bool cookie = memcmp(bytes, VPC_FOOTER_COOKIE, sizeof VPC_FOOTER_COOKIE - 1) == 0;
    uint32_t type = get_be32(bytes + VPC_DISK_TYPE_AT);
    unsigned bits = get_be32(bytes + VPC_FILE_FORMAT_VERSION_AT) == VPC_FILE_FORMAT_VERSION_1_0 ? 32 : 0;
    bits += (get_be32(bytes + VPC_FEATURES_AT) & ~VPC_FEATURE_TEMPORARY) == VPC_FEATURE_RESERVED ? 31 : 0;
    bits += type >= VPC_DISK_FIXED && type <= VPC_DISK_DIFFERENCING ? 30 : 0;
    bits +=
        bytes_are_zero(bytes + VPC_FOOTER_RESERVED_AT, VPC_FOOTER_SIZE_OLD - VPC_FOOTER_RESERVED_AT) ? 8 : 0;
    if (cookie)
        return COOKIE_BITS + bits;
    return bits >= 32 + 31 + 30 ? bits : 0;
}

static unsigned probe_at(struct source *source, uint64_t offset)
{
    uint8_t bytes[VPC_FOOTER_SIZE_OLD];
    if (!source_read(source, offset, bytes, sizeof bytes))
        return 0;
    unsigned bits = footer_bits(bytes);
    bool fills_file = get_be64(bytes + VPC_CURRENT_SIZE_AT) == offset && offset > 0;
    return bits + (bits > 0 && fills_file ? 64 : 0);
}

/* The cookie of a fixed disk stands at the end only; what guest data there may look like something else. */
static unsigned probe(struct source *source)
{
    uint64_t size = source_size(source);
    unsigned first = probe_at(source, 0);
    unsigned last = size >= vpc_footer.size ? probe_at(source, size - vpc_footer.size) : 0;
    unsigned old = size >= VPC_FOOTER_SIZE_OLD ? probe_at(source, size - VPC_FOOTER_SIZE_OLD) : 0;
    unsigned end = last > old ? last : old;
    return first > end ? first : end;
}

const struct format format_vpc = {"vpc", probe, check};
