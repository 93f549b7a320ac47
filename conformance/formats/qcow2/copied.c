/* Bit 63 of L1 and L2 entries: section "Cluster mapping". It is judged by the stored refcount, as the
 * specification says; after an image was left open by the number of references, which is what the refcount
 * will be once it is repaired. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

static int compare_refcounts(const void *left, const void *right)
{
    const struct qcow2_refcount *a = left, *b = right;
    return (a->cluster > b->cluster) - (a->cluster < b->cluster);
}

void qcow2_note_refcount(struct qcow2 *image, uint64_t cluster, uint64_t stored)
{
    if (image->incompatible & QCOW2_INCOMPATIBLE_DIRTY ||
        image->odd_refcount_count >= QCOW2_ODD_REFCOUNTS_MAX)
        return;
    struct qcow2_refcount *odd = mem_append(&image->odd_refcounts, &image->odd_refcount_count);
    *odd = (struct qcow2_refcount){cluster, stored};
}

static uint64_t refcount_of(const struct qcow2 *image, uint64_t cluster)
{
    const struct qcow2_refcount key = {.cluster = cluster};
    const struct qcow2_refcount *odd = NULL;
    if (image->odd_refcount_count > 0)
        odd = bsearch(&key, image->odd_refcounts, image->odd_refcount_count, sizeof key, compare_refcounts);
    return odd ? odd->stored : interval_map_count(image->check->map, cluster);
}

static void judge(struct qcow2 *image, enum rule_index rule, uint64_t at, const char *field, uint64_t entry)
{
    uint64_t offset = entry & QCOW2_L2_OFFSET_MASK;
    if (offset == 0 || offset >= image->file_size || !qcow2_is_aligned(image, offset))
        return;
    uint64_t refcount = refcount_of(image, offset >> image->cluster_bits);
    bool copied = entry & QCOW2_COPIED;
    if (copied != (refcount == 1))
        check_find(image->check, rule, at, field,
                   "bit 63 is %d, but the refcount of cluster %" PRIu64 " is %" PRIu64, copied,
                   (offset >> image->cluster_bits), refcount);
}

static bool judge_table(struct qcow2 *image, uint64_t offset, uint8_t *buffer)
{
    bool extended = image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2;
    size_t size = extended ? QCOW2_EXTENDED_ENTRY_SIZE : QCOW2_ENTRY_SIZE;
    if (!source_read(image->check->source, offset, buffer, (size_t)image->cluster_size))
        return false;
    for (uint64_t at = 0; at < image->cluster_size; at += size) {
        uint64_t entry = get_be64(buffer + at);
        if (entry != 0 && !(entry & QCOW2_L2_COMPRESSED))
            judge(image, RULE_QCOW2_L2_COPIED, offset + at, "L2 table entry", entry);
    }
    return true;
}

static bool judge_l1_entry(struct qcow2 *image, uint64_t at, uint64_t entry, void *context)
{
    uint8_t *buffer = context; /* of a cluster */
    bool with_data = image->copied_in_doubt && !(image->incompatible & QCOW2_INCOMPATIBLE_DATA_FILE);
    uint64_t offset = entry & QCOW2_L1_OFFSET_MASK;
    judge(image, RULE_QCOW2_L1_COPIED, at, "L1 table entry", entry);
    bool is_table = offset != 0 && qcow2_is_aligned(image, offset) &&
                    interval_map_kind(image->check->map, offset >> image->cluster_bits) == QCOW2_KIND_L2_DONE;
    return !with_data || !is_table || judge_table(image, offset, buffer);
}

void qcow2_check_copied(struct qcow2 *image)
{
    if (interval_map_is_full(image->check->map))
        return;
    image->copied_in_doubt |= image->odd_refcount_count > 0;
    uint8_t *buffer = mem_alloc((size_t)image->cluster_size);
    for (size_t i = 0; i < image->tree_count; i++) {
        const struct qcow2_tree *tree = &image->trees[i];
        if (tree->active)
            qcow2_each_entry(image, tree->l1_offset, tree->l1_size, judge_l1_entry, buffer);
    }
    free(buffer);
}
