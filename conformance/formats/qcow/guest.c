/* Section "2-Level Lookups". */
#include "conformance/formats/guest.h"
#include "base/bytes.h"
#include "specs/layouts/qcow.h"

bool guest_find_qcow(struct source *source, uint64_t guest, struct guest_place *ret_place)
{
    uint8_t header[48];
    uint8_t entry[QCOW_ENTRY_SIZE];
    if (!source_read(source, 0, header, sizeof header) || get_be32(header + QCOW_CRYPT_METHOD_AT) != 0 ||
        get_be64(header + QCOW_BACKING_FILE_OFFSET_AT) != 0)
        return false;
    unsigned cluster_bits = header[QCOW_CLUSTER_BITS_AT];
    unsigned l2_bits = header[QCOW_L2_BITS_AT];
    if (cluster_bits > QCOW_CLUSTER_BITS_MAX || l2_bits > QCOW_L2_BITS_MAX)
        return false;
    uint64_t within = guest & ((UINT64_C(1) << cluster_bits) - 1);
    uint64_t l1_index = guest >> (cluster_bits + l2_bits);
    uint64_t l2_index = guest >> cluster_bits & ((UINT64_C(1) << l2_bits) - 1);
    if (!source_read(source, get_be64(header + QCOW_L1_TABLE_OFFSET_AT) + l1_index * sizeof entry, entry,
                     sizeof entry))
        return false;
    uint64_t l2 = get_be64(entry);
    if (l2 != 0 && !source_read(source, l2 + l2_index * sizeof entry, entry, sizeof entry))
        return false;
    uint64_t cluster = l2 != 0 ? get_be64(entry) : 0;
    bool nowhere = cluster == 0;
    *ret_place =
        (struct guest_place){cluster + within, (UINT64_C(1) << cluster_bits) - within, nowhere, nowhere};
    return !(cluster & QCOW_COMPRESSED);
}
