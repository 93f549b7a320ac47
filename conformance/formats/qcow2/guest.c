/* Section "Cluster mapping". */
#include "conformance/formats/guest.h"
#include "base/bytes.h"
#include "specs/layouts/qcow2.h"

/* Whether the image is one whose clusters are where its L2 entries say. */
static bool is_plain(const uint8_t *header)
{
    bool version_3 = get_be32(header + QCOW2_VERSION_AT) == 3;
    uint64_t incompatible = version_3 ? get_be64(header + QCOW2_INCOMPATIBLE_FEATURES_AT) : 0;
    return get_be64(header + QCOW2_BACKING_FILE_OFFSET_AT) == 0 &&
           get_be32(header + QCOW2_CRYPT_METHOD_AT) == 0 && incompatible == 0 &&
           get_be32(header + QCOW2_CLUSTER_BITS_AT) >= QCOW2_CLUSTER_BITS_MIN &&
           get_be32(header + QCOW2_CLUSTER_BITS_AT) <= QCOW2_CLUSTER_BITS_MAX;
}

bool guest_find_qcow2(struct source *source, uint64_t guest, struct guest_place *ret_place)
{
    uint8_t header[QCOW2_HEADER_LENGTH_V3_MIN];
    uint8_t entry[QCOW2_ENTRY_SIZE];
    if (!source_read(source, 0, header, sizeof header) || !is_plain(header))
        return false;
    unsigned cluster_bits = get_be32(header + QCOW2_CLUSTER_BITS_AT);
    unsigned l2_bits = cluster_bits - 3; /* an L2 table is one cluster of entries of 8 bytes */
    uint64_t within = guest & ((UINT64_C(1) << cluster_bits) - 1);
    uint64_t l1_index = guest >> (cluster_bits + l2_bits);
    uint64_t l2_index = guest >> cluster_bits & ((UINT64_C(1) << l2_bits) - 1);
    if (l1_index >= get_be32(header + QCOW2_L1_SIZE_AT) ||
        !source_read(source, get_be64(header + QCOW2_L1_TABLE_OFFSET_AT) + l1_index * sizeof entry, entry,
                     sizeof entry))
        return false;
    uint64_t l2 = get_be64(entry) & QCOW2_L1_OFFSET_MASK;
    if (l2 != 0 && !source_read(source, l2 + l2_index * sizeof entry, entry, sizeof entry))
        return false;
    uint64_t mapped = l2 != 0 ? get_be64(entry) : 0;
    uint64_t cluster = mapped & QCOW2_L2_OFFSET_MASK;
    bool zero = cluster == 0 || (mapped & QCOW2_L2_ZERO);
    *ret_place =
        (struct guest_place){cluster + within, (UINT64_C(1) << cluster_bits) - within, zero, cluster == 0};
    return !(mapped & QCOW2_L2_COMPRESSED);
}
