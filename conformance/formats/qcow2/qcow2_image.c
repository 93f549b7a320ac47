#include "conformance/formats/qcow2/qcow2_image.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/mem.h"

static const char *const kind_texts[] = {
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

const struct check_kinds qcow2_kinds = {kind_texts, RULE_QCOW2_OVERLAP_TABLES};

struct walk {
    struct qcow2 *image;
    qcow2_entry_fn *fn;
    void *context;
};

static bool visit(void *context, uint64_t index, uint64_t at, const uint8_t *bytes)
{
    const struct walk *walk = context;
    uint64_t entry = get_be64(bytes);
    (void)index;
    return entry == 0 || walk->fn(walk->image, at, entry, walk->context);
}

bool qcow2_each_entry(struct qcow2 *image, uint64_t offset, uint64_t count, qcow2_entry_fn *fn, void *context)
{
    struct walk walk = {image, fn, context};
    return check_each_entry(image->check, offset, count, QCOW2_ENTRY_SIZE, visit, &walk);
}

bool qcow2_is_aligned(const struct qcow2 *image, uint64_t offset)
{
    return (offset & (image->cluster_size - 1)) == 0;
}

bool qcow2_check_table(struct qcow2 *image, const struct qcow2_bounds *bounds, const struct record *record,
                       unsigned field, uint64_t length)
{
    uint64_t offset = record_number(record, field);
    bool aligned = qcow2_is_aligned(image, offset);
    bool inside = source_has(image->check->source, offset, length);
    if (!aligned)
        check_find_field(image->check, bounds->unaligned, record, field,
                         "%" PRIu64 " is not on a cluster boundary", offset);
    else if (!inside)
        check_find_field(image->check, bounds->past_end, record, field,
                         "%" PRIu64 " bytes at %" PRIu64 " are not wholly in the file of %" PRIu64 " bytes",
                         length, offset, image->file_size);
    return aligned && inside;
}

bool qcow2_check_target(struct qcow2 *image, const struct qcow2_target *target, uint64_t at, uint64_t offset)
{
    bool aligned = qcow2_is_aligned(image, offset);
    bool inside = source_has(image->check->source, offset, image->cluster_size);
    if (!aligned)
        check_find(image->check, target->unaligned, at, target->entry,
                   "%s at %" PRIu64 " is not on a cluster boundary", target->target, offset);
    else if (!inside)
        check_find(image->check, target->past_end, at, target->entry,
                   "%s at %" PRIu64 " is not wholly in the file of %" PRIu64 " bytes", target->target, offset,
                   image->file_size);
    return aligned && inside;
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
