/* The refcount table and its blocks: section "Host cluster management". Their places are claimed here; what
 * the blocks say is held to the map in refcounts.c, when everything is claimed. */
#include <inttypes.h>

#include "conformance/formats/qcow2/qcow2_image.h"

static bool check_entry(struct qcow2 *image, uint64_t at, uint64_t entry, void *context)
{
    struct check *check = image->check;
    (void)context;
    uint64_t offset = entry & QCOW2_REFTABLE_OFFSET_MASK;
    if (entry & ~QCOW2_REFTABLE_OFFSET_MASK)
        check_find(check, RULE_QCOW2_REFTABLE_RESERVED, at, "refcount table entry",
                   "reserved bits are set in 0x%" PRIx64, entry);
    if (offset == 0)
        return true;
    if (!qcow2_is_aligned(image, offset)) {
        check_find(check, RULE_QCOW2_REFBLOCK_UNALIGNED, at, "refcount table entry",
                   "the block at %" PRIu64 " is not on a cluster boundary", offset);
        return true;
    }
    if (!source_has(check->source, offset, image->cluster_size)) {
        check_find(check, RULE_QCOW2_REFBLOCK_PAST_END, at, "refcount table entry",
                   "the block at %" PRIu64 " is not wholly in the file of %" PRIu64 " bytes", offset,
                   image->file_size);
        return true;
    }
    check_claim(image->check, QCOW2_KIND_REFBLOCK, offset, image->cluster_size, at, "refcount table entry");
    return true;
}

void qcow2_check_reftable(struct qcow2 *image)
{
    struct check *check = image->check;
    uint64_t offset = record_number(&image->header, QCOW2_REFCOUNT_TABLE_OFFSET);
    uint64_t length = record_number(&image->header, QCOW2_REFCOUNT_TABLE_CLUSTERS) << image->cluster_bits;
    if (length == 0 || length > QCOW2_REFTABLE_BYTES_MAX)
        check_find_field(check, RULE_QCOW2_REFTABLE_SIZE, &image->header, QCOW2_REFCOUNT_TABLE_CLUSTERS,
                         "the table has %" PRIu64 " bytes, 1 to %" PRIu64 " are possible", length,
                         QCOW2_REFTABLE_BYTES_MAX);
    if (!qcow2_is_aligned(image, offset)) {
        check_find_field(check, RULE_QCOW2_REFTABLE_UNALIGNED, &image->header, QCOW2_REFCOUNT_TABLE_OFFSET,
                         "%" PRIu64 " is not on a cluster boundary", offset);
        return;
    }
    if (!source_has(check->source, offset, length)) {
        check_find_field(check, RULE_QCOW2_REFTABLE_PAST_END, &image->header, QCOW2_REFCOUNT_TABLE_OFFSET,
                         "%" PRIu64 " bytes at %" PRIu64 " are not wholly in the file of %" PRIu64 " bytes",
                         length, offset, image->file_size);
        return;
    }
    check_claim(image->check, QCOW2_KIND_REFTABLE, offset, length,
                record_at(&image->header, QCOW2_REFCOUNT_TABLE_OFFSET), "refcount_table_offset");
    qcow2_each_entry(image, offset, length / QCOW2_ENTRY_SIZE, check_entry, NULL);
}
