/* The L1 tables, the active one and those of snapshots: section "Cluster mapping". Each L2 table counts as
 * often as L1 entries lead to it. */
#include <inttypes.h>

#include "conformance/formats/qcow2/qcow2_image.h"

static void claim_l2(struct qcow2 *image, uint64_t at, uint64_t offset, bool active)
{
    struct interval_clash clash;
    uint64_t cluster = offset >> image->cluster_bits;
    if (interval_map_kind(image->check->map, cluster) != QCOW2_KIND_L2) {
        check_claim(image->check, QCOW2_KIND_L2, offset, image->cluster_size, at, "L1 table entry");
        return;
    }
    interval_map_claim_data(image->check->map, cluster, 1, 1, &clash);
    if (active)
        check_find(image->check, RULE_QCOW2_L2_SHARED, at, "L1 table entry",
                   "another entry leads to the L2 table at %" PRIu64, offset);
}

static const struct qcow2_target l2_target = {"L1 table entry", "the L2 table", RULE_QCOW2_L2_UNALIGNED,
                                              RULE_QCOW2_L2_PAST_END};

static bool check_entry(struct qcow2 *image, uint64_t at, uint64_t entry, void *context)
{
    const struct qcow2_tree *tree = context;
    struct check *check = image->check;
    uint64_t offset = entry & QCOW2_L1_OFFSET_MASK;
    if (entry & QCOW2_L1_RESERVED_MASK)
        check_find(check, RULE_QCOW2_L1_RESERVED, at, "L1 table entry", "reserved bits are set in 0x%" PRIx64,
                   entry);
    if (offset == 0) {
        if (tree->active && (entry & QCOW2_COPIED))
            check_find(check, RULE_QCOW2_L1_COPIED, at, "L1 table entry",
                       "bit 63 is set, but there is no L2 table");
        return true;
    }
    if (qcow2_check_target(image, &l2_target, at, offset))
        claim_l2(image, at, offset, tree->active);
    return true;
}

/* The active L1 table as the header gives it; false when it cannot be read. */
static bool check_active(struct qcow2 *image, uint64_t entries)
{
    static const struct qcow2_bounds bounds = {RULE_QCOW2_L1_UNALIGNED, RULE_QCOW2_L1_PAST_END};
    struct check *check = image->check;
    uint64_t length = entries * QCOW2_ENTRY_SIZE;
    uint64_t needed = qcow2_l1_needed(image, image->size);
    if (entries < needed)
        check_find_field(check, RULE_QCOW2_L1_TOO_SMALL, &image->header, QCOW2_L1_SIZE,
                         "%" PRIu64 " entries, the virtual size needs %" PRIu64, entries, needed);
    if (!qcow2_check_table(image, &bounds, &image->header, QCOW2_L1_TABLE_OFFSET, length))
        return false;
    if (length > QCOW2_L1_BYTES_MAX) {
        check_find_field(check, RULE_QCOW2_L1_TOO_LARGE, &image->header, QCOW2_L1_SIZE,
                         "%" PRIu64 " entries, nothing opens more than %" PRIu64 " bytes", entries,
                         QCOW2_L1_BYTES_MAX);
        return false;
    }
    return true;
}

void qcow2_check_active_l1(struct qcow2 *image)
{
    uint64_t offset = record_number(&image->header, QCOW2_L1_TABLE_OFFSET);
    uint64_t entries = record_number(&image->header, QCOW2_L1_SIZE);
    if (check_active(image, entries)) {
        check_claim(image->check, QCOW2_KIND_L1, offset, entries * QCOW2_ENTRY_SIZE,
                    record_at(&image->header, QCOW2_L1_TABLE_OFFSET), "l1_table_offset");
        qcow2_add_tree(image, offset, (uint32_t)entries, true);
    }
}

void qcow2_check_trees(struct qcow2 *image)
{
    for (size_t i = 0; i < image->tree_count; i++) {
        struct qcow2_tree *tree = &image->trees[i];
        qcow2_each_entry(image, tree->l1_offset, tree->l1_size, check_entry, tree);
    }
}
