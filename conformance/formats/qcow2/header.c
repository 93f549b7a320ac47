/* The header: section "Header" of the specification. */
#include <inttypes.h>

#include "conformance/formats/qcow2/qcow2_image.h"

static uint64_t number(const struct qcow2 *image, unsigned field)
{
    return record_number(&image->header, field);
}

/* What nothing else makes sense without. */
static bool check_identity(struct qcow2 *image)
{
    struct check *check = image->check;
    if (number(image, QCOW2_MAGIC) != QCOW2_MAGIC_VALUE)
        check_find_field(check, RULE_QCOW2_HEADER_MAGIC, &image->header, QCOW2_MAGIC, "is not QFI\\xfb");
    image->version = (uint32_t)number(image, QCOW2_VERSION);
    if (image->version != 2 && image->version != 3) {
        check_find_field(check, RULE_QCOW2_HEADER_VERSION, &image->header, QCOW2_VERSION,
                         "is %u, valid are 2 and 3", image->version);
        return false;
    }
    uint64_t cluster_bits = number(image, QCOW2_CLUSTER_BITS);
    if (cluster_bits < QCOW2_CLUSTER_BITS_MIN || cluster_bits > QCOW2_CLUSTER_BITS_MAX) {
        check_find_field(check, RULE_QCOW2_HEADER_CLUSTER_BITS, &image->header, QCOW2_CLUSTER_BITS,
                         "is %" PRIu64 ", valid are %d to %d", cluster_bits, QCOW2_CLUSTER_BITS_MIN,
                         QCOW2_CLUSTER_BITS_MAX);
        return false;
    }
    image->cluster_bits = (unsigned)cluster_bits;
    image->cluster_size = UINT64_C(1) << cluster_bits;
    return true;
}

static bool check_length(struct qcow2 *image)
{
    image->header_length = QCOW2_HEADER_LENGTH_V2;
    if (image->version >= 3)
        image->header_length = (uint32_t)number(image, QCOW2_HEADER_LENGTH);
    if (image->version >= 3 && (image->header_length < QCOW2_HEADER_LENGTH_V3_MIN ||
                                image->header_length % QCOW2_HEADER_LENGTH_ALIGN != 0 ||
                                image->header_length > image->cluster_size)) {
        check_find_field(image->check, RULE_QCOW2_HEADER_LENGTH, &image->header, QCOW2_HEADER_LENGTH,
                         "is %u, not a multiple of 8 from 104 to the cluster size", image->header_length);
        return false;
    }
    if (!source_has(image->check->source, 0, image->cluster_size)) {
        check_find(image->check, RULE_QCOW2_HEADER_TRUNCATED, image->file_size, "header",
                   "the file ends inside the first cluster");
        return false;
    }
    return true;
}

/* Fields that this version or this length of the header does not have read as zero. */
static bool read_whole(struct qcow2 *image)
{
    size_t length = image->header_length < qcow2_header.size ? image->header_length : qcow2_header.size;
    return check_read_part(image->check, &qcow2_header, 0, length, &image->header);
}

static void check_unknown_fields(struct qcow2 *image)
{
    for (uint64_t at = qcow2_header.size; at < image->header_length; at++) {
        uint8_t byte;
        if (!source_read(image->check->source, at, &byte, 1))
            return;
        if (byte != 0) {
            check_find(image->check, RULE_QCOW2_HEADER_UNKNOWN_FIELD, at, "header",
                       "a field that is not known has a value");
            return;
        }
    }
}

static void check_compression(struct qcow2 *image)
{
    struct check *check = image->check;
    uint64_t type = number(image, QCOW2_COMPRESSION_TYPE);
    bool other = image->incompatible & QCOW2_INCOMPATIBLE_COMPRESSION;
    if (other != (type != QCOW2_COMPRESSION_ZLIB))
        check_find_field(check, RULE_QCOW2_COMPRESSION_BIT, &image->header, QCOW2_COMPRESSION_TYPE,
                         "is %" PRIu64 ", but the incompatible feature bit 3 is %s", type,
                         other ? "set" : "not set");
    if (type > QCOW2_COMPRESSION_ZSTD)
        check_find_field(check, RULE_QCOW2_COMPRESSION_TYPE, &image->header, QCOW2_COMPRESSION_TYPE,
                         "is %" PRIu64 ", known are 0 and 1", type);
    if (!record_is_zero(&image->header, QCOW2_PADDING))
        check_find_field(check, RULE_QCOW2_HEADER_PADDING, &image->header, QCOW2_PADDING, "is not zero");
    check_unknown_fields(image);
}

/* Bits outside of `known`. */
static void check_unknown_bits(struct qcow2 *image, enum rule_index rule, unsigned field, uint64_t known)
{
    uint64_t unknown = number(image, field) & ~known;
    if (unknown)
        check_find_field(image->check, rule, &image->header, field, "bits 0x%" PRIx64 " are not known",
                         unknown);
}

static void check_features(struct qcow2 *image)
{
    struct check *check = image->check;
    image->incompatible = number(image, QCOW2_INCOMPATIBLE_FEATURES);
    image->autoclear = number(image, QCOW2_AUTOCLEAR_FEATURES);
    check_unknown_bits(image, RULE_QCOW2_FEATURE_INCOMPATIBLE_UNKNOWN, QCOW2_INCOMPATIBLE_FEATURES,
                       QCOW2_INCOMPATIBLE_KNOWN);
    check_unknown_bits(image, RULE_QCOW2_FEATURE_COMPATIBLE_UNKNOWN, QCOW2_COMPATIBLE_FEATURES,
                       QCOW2_COMPATIBLE_KNOWN);
    check_unknown_bits(image, RULE_QCOW2_FEATURE_AUTOCLEAR_UNKNOWN, QCOW2_AUTOCLEAR_FEATURES,
                       QCOW2_AUTOCLEAR_KNOWN);
    if (image->incompatible & QCOW2_INCOMPATIBLE_DIRTY)
        check_find_field(check, RULE_QCOW2_FEATURE_DIRTY, &image->header, QCOW2_INCOMPATIBLE_FEATURES,
                         "the image was not closed: refcounts may be inconsistent");
    if (image->incompatible & QCOW2_INCOMPATIBLE_CORRUPT)
        check_find_field(check, RULE_QCOW2_FEATURE_CORRUPT, &image->header, QCOW2_INCOMPATIBLE_FEATURES,
                         "the image is marked as corrupt");
    if ((image->autoclear & QCOW2_AUTOCLEAR_RAW_DATA) &&
        !(image->incompatible & QCOW2_INCOMPATIBLE_DATA_FILE))
        check_find_field(check, RULE_QCOW2_FEATURE_RAW_WITHOUT_DATA_FILE, &image->header,
                         QCOW2_AUTOCLEAR_FEATURES, "bit 1 is set, but there is no external data file");
    if ((image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2) &&
        image->cluster_bits < QCOW2_EXTENDED_CLUSTER_BITS_MIN)
        check_find_field(check, RULE_QCOW2_FEATURE_EXTENDED_L2_CLUSTER, &image->header, QCOW2_CLUSTER_BITS,
                         "is %u, extended L2 entries need %d", image->cluster_bits,
                         QCOW2_EXTENDED_CLUSTER_BITS_MIN);
}

static bool check_numbers(struct qcow2 *image)
{
    struct check *check = image->check;
    image->size = number(image, QCOW2_SIZE);
    if (image->size % QCOW2_SECTOR_SIZE != 0)
        check_find_field(check, RULE_QCOW2_HEADER_SIZE_UNALIGNED, &image->header, QCOW2_SIZE,
                         "%" PRIu64 " is no multiple of 512", image->size);
    if (number(image, QCOW2_CRYPT_METHOD) > QCOW2_CRYPT_LUKS)
        check_find_field(check, RULE_QCOW2_HEADER_CRYPT_METHOD, &image->header, QCOW2_CRYPT_METHOD,
                         "is %" PRIu64 ", known are 0 to 2", number(image, QCOW2_CRYPT_METHOD));
    uint64_t order = QCOW2_REFCOUNT_ORDER_V2;
    if (image->version >= 3)
        order = number(image, QCOW2_REFCOUNT_ORDER);
    image->refcount_order = (unsigned)order;
    if (order > QCOW2_REFCOUNT_ORDER_MAX) {
        check_find_field(check, RULE_QCOW2_HEADER_REFCOUNT_ORDER, &image->header, QCOW2_REFCOUNT_ORDER,
                         "is %" PRIu64 ", at most 6 is valid", order);
        return false;
    }
    return true;
}

static void tell_options(struct qcow2 *image)
{
    static const char *const crypt[] = {NULL, "aes", "luks"};
    struct check *check = image->check;
    uint64_t method = number(image, QCOW2_CRYPT_METHOD);
    check_set_size(check, image->size);
    check_option_text(check, "compat", image->version == 2 ? "0.10" : "1.1");
    check_option_number(check, "cluster_size", image->cluster_size);
    if (image->refcount_order <= QCOW2_REFCOUNT_ORDER_MAX)
        check_option_number(check, "refcount_bits", UINT64_C(1) << image->refcount_order);
    check_option_flag(check, "lazy_refcounts",
                      number(image, QCOW2_COMPATIBLE_FEATURES) & QCOW2_COMPATIBLE_LAZY_REFCOUNTS);
    check_option_flag(check, "extended_l2", image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2);
    check_option_text(check, "compression_type",
                      number(image, QCOW2_COMPRESSION_TYPE) == QCOW2_COMPRESSION_ZSTD ? "zstd" : "zlib");
    if (method >= QCOW2_CRYPT_AES && method <= QCOW2_CRYPT_LUKS)
        check_option_text(check, "encrypt.format", crypt[method]);
}

bool qcow2_check_header(struct qcow2 *image)
{
    struct check *check = image->check;
    if (!check_read_part(check, &qcow2_header, 0, QCOW2_HEADER_LENGTH_V2, &image->header)) {
        check_find(check, RULE_QCOW2_HEADER_TRUNCATED, image->file_size, "header",
                   "the file has %" PRIu64 " bytes, the header 72 or more", image->file_size);
        return false;
    }
    if (!check_identity(image))
        return false;
    if (image->version >= 3 &&
        !check_read_part(check, &qcow2_header, 0, QCOW2_HEADER_LENGTH_V3_MIN, &image->header)) {
        check_find(check, RULE_QCOW2_HEADER_TRUNCATED, image->file_size, "header",
                   "the file has %" PRIu64 " bytes, a header of version 3 has 104 or more", image->file_size);
        return false;
    }
    if (!check_length(image) || !read_whole(image))
        return false;
    check_features(image);
    check_compression(image);
    bool usable = check_numbers(image);
    tell_options(image);
    return usable && !(image->incompatible & ~QCOW2_INCOMPATIBLE_KNOWN);
}
