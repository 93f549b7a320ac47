#include "conformance/formats/qcow2/qcow2_image.h"

#include <inttypes.h>

#include "base/mem.h"

const char *qcow2_kind_text(unsigned kind)
{
    static const char *const texts[] = {
        [QCOW2_KIND_DATA] = "guest data",
        [QCOW2_KIND_HEADER] = "the header",
        [QCOW2_KIND_REFTABLE] = "the refcount table",
        [QCOW2_KIND_REFBLOCK] = "a refcount block",
        [QCOW2_KIND_L1] = "the active L1 table",
        [QCOW2_KIND_L2] = "an L2 table",
        [QCOW2_KIND_L2_DONE] = "an L2 table",
        [QCOW2_KIND_SNAPSHOTS] = "the snapshot table",
        [QCOW2_KIND_SNAPSHOT_L1] = "the L1 table of a snapshot",
        [QCOW2_KIND_BITMAP_DIRECTORY] = "the bitmap directory",
        [QCOW2_KIND_BITMAP_TABLE] = "a bitmap table",
        [QCOW2_KIND_BITMAP_DATA] = "bitmap data",
        [QCOW2_KIND_ENCRYPTION] = "the encryption header",
    };
    return texts[kind];
}

bool qcow2_claim(struct qcow2 *image, enum qcow2_kind kind, uint64_t offset, uint64_t length, uint64_t at,
                 const char *field)
{
    struct interval_clash clash;
    if (interval_map_claim_table(image->check->map, kind, offset, length, &clash))
        return true;
    check_find(image->check, RULE_QCOW2_OVERLAP_TABLES, at, field,
               "%s at %" PRIu64 " overlaps %s in cluster %" PRIu64, qcow2_kind_text(kind), offset,
               qcow2_kind_text(clash.kind), clash.unit);
    return false;
}

bool qcow2_is_aligned(const struct qcow2 *image, uint64_t offset)
{
    return (offset & (image->cluster_size - 1)) == 0;
}

uint64_t qcow2_l2_entries(const struct qcow2 *image)
{
    bool extended = image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2;
    return image->cluster_size / (extended ? QCOW2_EXTENDED_ENTRY_SIZE : QCOW2_ENTRY_SIZE);
}

uint64_t qcow2_l1_needed(const struct qcow2 *image, uint64_t size)
{
    uint64_t clusters = (size >> image->cluster_bits) + ((size & (image->cluster_size - 1)) != 0);
    uint64_t entries = qcow2_l2_entries(image);
    return clusters / entries + (clusters % entries != 0);
}

void qcow2_add_tree(struct qcow2 *image, uint64_t l1_offset, uint32_t l1_size, bool active)
{
    struct qcow2_tree *tree = mem_append(&image->trees, &image->tree_count);
    *tree = (struct qcow2_tree){l1_offset, l1_size, active};
}
