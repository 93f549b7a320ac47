/* Every stored refcount against the number of references that were found: section "Host cluster management".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

#define BATCH 4096 /* clusters that are compared at once */

/* One refcount block, present or not. */
struct block {
    const uint8_t *bytes; /* NULL: not allocated, all refcounts are 0 */
    uint64_t offset;      /* in the file */
    uint64_t first;       /* cluster that its first entry counts */
    uint64_t entries;
};

/* Entry `index`; refcounts of less than a byte fill a byte from its least significant bit. */
static uint64_t stored_refcount(const uint8_t *block, unsigned order, uint64_t index)
{
    switch (order) {
    case 3:
        return block[index];
    case 4:
        return get_be16(block + index * 2);
    case 5:
        return get_be32(block + index * 4);
    case 6:
        return get_be64(block + index * 8);
    default: {
        unsigned bits = 1u << order;
        uint64_t in_byte = index * bits % 8;
        return (unsigned)block[index * bits / 8] >> in_byte & ((1u << bits) - 1);
    }
    }
}

static void report_difference(struct qcow2 *image, const struct block *block, uint64_t index, uint64_t stored,
                              uint32_t found)
{
    struct check *check = image->check;
    uint64_t at = block->offset + (index << image->refcount_order) / 8;
    enum rule_index rule = RULE_QCOW2_REFCOUNT_LEAK;
    if (stored < found)
        rule = image->incompatible & QCOW2_INCOMPATIBLE_DIRTY ? RULE_QCOW2_REFCOUNT_DIRTY
                                                              : RULE_QCOW2_REFCOUNT_TOO_LOW;
    qcow2_note_refcount(image, block->first + index, stored);
    check_find(check, rule, at, "refcount", "cluster %" PRIu64 " has refcount %" PRIu64 ", but %u references",
               (block->first + index), stored, found);
}

/* A batch of 16-bit refcounts that are all 1, as are those of most images. */
static bool batch_is_once(const uint8_t *bytes, unsigned order, const uint32_t *found, size_t count)
{
    static const uint8_t once[2] = {0, 1};
    if (order != 4 || memcmp(bytes, once, sizeof once) != 0 || found[0] != 1)
        return false;
    return memcmp(bytes, bytes + 2, count * 2 - 2) == 0 &&
           memcmp(found, found + 1, (count - 1) * sizeof *found) == 0;
}

static void compare_batch(struct qcow2 *image, const struct block *block, uint64_t from, size_t count)
{
    uint32_t found[BATCH];
    interval_map_counts(image->check->map, block->first + from, count, found);
    if (block->bytes && batch_is_once(block->bytes + (from << image->refcount_order) / 8,
                                      image->refcount_order, found, count))
        return;
    for (size_t i = 0; i < count; i++) {
        uint64_t stored = 0;
        if (block->bytes)
            stored = stored_refcount(block->bytes, image->refcount_order, from + i);
        if (stored != found[i])
            report_difference(image, block, from + i, stored, found[i]);
    }
}

static void compare(struct qcow2 *image, const struct block *block)
{
    for (uint64_t from = 0; from < block->entries; from += BATCH) {
        uint64_t left = block->entries - from;
        compare_batch(image, block, from, left < BATCH ? (size_t)left : BATCH);
    }
}

/* Clusters from `first` on, below `end`, whose block is not there: each that is in use is one too low. */
static void compare_absent(struct qcow2 *image, uint64_t at, uint64_t first, uint64_t end)
{
    uint64_t cluster = first;
    size_t kept = 0;
    while (kept < REPORT_FINDINGS_PER_RULE && interval_map_next(image->check->map, cluster, &cluster) &&
           cluster < end) {
        struct block block = {.offset = at, .first = cluster, .entries = 1};
        compare(image, &block);
        kept++;
        cluster++;
    }
}

static bool is_readable_block(const struct qcow2 *image, uint64_t offset)
{
    const struct interval_map *map = image->check->map;
    uint64_t cluster = offset >> image->cluster_bits;
    return interval_map_kind(map, cluster) == QCOW2_KIND_REFBLOCK && interval_map_count(map, cluster) == 1 &&
           qcow2_is_aligned(image, offset) && source_has(image->check->source, offset, image->cluster_size);
}

static void compare_table(struct qcow2 *image, uint64_t table, uint64_t table_entries, uint8_t *buffer)
{
    uint64_t entries = image->cluster_size * 8 >> image->refcount_order;
    uint64_t absent_from = 0; /* first cluster of a run of blocks that are not there */
    uint64_t i = 0;
    for (; i < table_entries; i++) {
        uint8_t entry[QCOW2_ENTRY_SIZE];
        if (!source_read(image->check->source, table + i * sizeof entry, entry, sizeof entry))
            return;
        uint64_t offset = get_be64(entry) & QCOW2_REFTABLE_OFFSET_MASK;
        if (offset == 0)
            continue;
        if (absent_from < i * entries)
            compare_absent(image, table + i * sizeof entry, absent_from, i * entries);
        absent_from = (i + 1) * entries;
        if (!is_readable_block(image, offset))
            continue; /* that was said of the entry already */
        if (!source_read(image->check->source, offset, buffer, (size_t)image->cluster_size))
            return;
        struct block block = {buffer, offset, i * entries, entries};
        compare(image, &block);
    }
    compare_absent(image, table, absent_from, UINT64_MAX);
}

void qcow2_check_refcounts(struct qcow2 *image)
{
    uint64_t table = record_number(&image->header, QCOW2_REFCOUNT_TABLE_OFFSET);
    uint64_t length = record_number(&image->header, QCOW2_REFCOUNT_TABLE_CLUSTERS) << image->cluster_bits;
    if (interval_map_is_full(image->check->map) || !qcow2_is_aligned(image, table) ||
        !source_has(image->check->source, table, length))
        return;
    uint8_t *buffer = mem_alloc((size_t)image->cluster_size);
    compare_table(image, table, length / QCOW2_ENTRY_SIZE, buffer);
    free(buffer);
}
