#include "base/bytes.h"
#include "conformance/formats/qcow2/qcow2_image.h"

static void check(struct check *check)
{
    struct qcow2 image = {.check = check, .file_size = source_size(check->source)};
    if (qcow2_check_header(&image)) {
        check_start_map(check, (uint32_t)image.cluster_size, &qcow2_kinds);
        check_claim(check, QCOW2_KIND_HEADER, 0, image.cluster_size, 0, "header");
        qcow2_check_extensions(&image);
        qcow2_check_backing(&image);
        qcow2_check_data_file(&image);
        qcow2_check_reftable(&image);
        qcow2_check_encryption(&image);
        qcow2_check_active_l1(&image);
        qcow2_check_snapshots(&image);
        qcow2_check_bitmaps(&image);
        qcow2_check_trees(&image);
        qcow2_check_l2(&image);
        qcow2_check_refcounts(&image);
        qcow2_check_copied(&image);
    }
    free(image.data_file);
    free(image.odd_refcounts);
    free(image.trees);
}

/* What a header of version 2 or 3 has beside its magic; bits of each. */
static unsigned plausible_bits(const uint8_t *header)
{
    unsigned bits = 0;
    uint32_t version = get_be32(header + QCOW2_VERSION_AT);
    uint32_t cluster_bits = get_be32(header + QCOW2_CLUSTER_BITS_AT);
    bits += version == 2 || version == 3 ? 31 : 0;
    bits += cluster_bits >= QCOW2_CLUSTER_BITS_MIN && cluster_bits <= QCOW2_CLUSTER_BITS_MAX ? 28 : 0;
    bits += get_be32(header + QCOW2_CRYPT_METHOD_AT) <= QCOW2_CRYPT_LUKS ? 30 : 0;
    bits += get_be64(header + QCOW2_L1_TABLE_OFFSET_AT) != 0 && header[QCOW2_L1_TABLE_OFFSET_AT] == 0 ? 8 : 0;
    bits += version == 3 && get_be32(header + QCOW2_REFCOUNT_ORDER_AT) <= QCOW2_REFCOUNT_ORDER_MAX ? 29 : 0;
    return bits;
}

static unsigned probe(struct source *source)
{
    /* Zeroes satisfy some of the fields above; no less than this is evidence. */
    static const unsigned enough_bits = 31 + 28 + 30 + 8;
    uint8_t header[QCOW2_HEADER_LENGTH_V3_MIN] = {0};
    uint64_t size = source_size(source);
    if (size < QCOW2_CLUSTER_BITS_AT || //
        !source_read(source, 0, header, size < sizeof header ? (size_t)size : sizeof header))
        return 0;
    unsigned bits = plausible_bits(header);
    bool magic = get_be32(header) == QCOW2_MAGIC_VALUE && get_be32(header + QCOW2_VERSION_AT) != 1;
    if (magic)
        return 32 + bits;
    return bits >= enough_bits ? bits : 0;
}

const struct format format_qcow2 = {"qcow2", probe, check};
