/* The refcount table and its blocks: section "Host cluster management". Their places are claimed here; what
 * the blocks say is held to the map in refcounts.c, when everything is claimed. */
#include <inttypes.h>

#include "conformance/formats/qcow2/qcow2_image.h"

static bool check_entry(struct qcow2 *image, uint64_t at, uint64_t entry, void *context)
{
    static const struct qcow2_target target = {"refcount table entry", "the block",
                                               RULE_QCOW2_REFBLOCK_UNALIGNED, RULE_QCOW2_REFBLOCK_PAST_END};
    struct check *check = image->check;
    (void)context;
    uint64_t offset = entry & QCOW2_REFTABLE_OFFSET_MASK;
    if (entry & ~QCOW2_REFTABLE_OFFSET_MASK)
        check_find(check, RULE_QCOW2_REFTABLE_RESERVED, at, target.entry,
                   "reserved bits are set in 0x%" PRIx64, entry);
    if (offset == 0)
        return true;
    if (qcow2_check_target(image, &target, at, offset))
        check_claim(check, QCOW2_KIND_REFBLOCK, offset, image->cluster_size, at, target.entry);
    return true;
}

void qcow2_check_reftable(struct qcow2 *image)
{
    static const struct qcow2_bounds bounds = {RULE_QCOW2_REFTABLE_UNALIGNED, RULE_QCOW2_REFTABLE_PAST_END};
    struct check *check = image->check;
    uint64_t offset = record_number(&image->header, QCOW2_REFCOUNT_TABLE_OFFSET);
    uint64_t length = record_number(&image->header, QCOW2_REFCOUNT_TABLE_CLUSTERS) << image->cluster_bits;
    if (length == 0 || length > QCOW2_REFTABLE_BYTES_MAX)
        check_find_field(check, RULE_QCOW2_REFTABLE_SIZE, &image->header, QCOW2_REFCOUNT_TABLE_CLUSTERS,
                         "the table has %" PRIu64 " bytes, 1 to %" PRIu64 " are possible", length,
                         QCOW2_REFTABLE_BYTES_MAX);
    if (!qcow2_check_table(image, &bounds, &image->header, QCOW2_REFCOUNT_TABLE_OFFSET, length))
        return;
    check_claim(image->check, QCOW2_KIND_REFTABLE, offset, length,
                record_at(&image->header, QCOW2_REFCOUNT_TABLE_OFFSET), "refcount_table_offset");
    qcow2_each_entry(image, offset, length / QCOW2_ENTRY_SIZE, check_entry, NULL);
}
