/* The L2 tables and the guest data that they claim: sections "Cluster mapping" and "Extended L2 Entries".
 *
 * Every L2 table is gone through once, however many L1 entries lead to it: its data then counts as often. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

#define UNKNOWN_GUEST UINT64_MAX /* of a table that only a snapshot has */

/* The walk through one table. */
struct scan {
    struct qcow2 *image;
    const uint8_t *table;
    uint64_t at;    /* of the table in the file */
    uint64_t guest; /* guest cluster of its first entry */
    uint32_t times; /* L1 entries that lead to it */
    bool active;
    /* Data clusters that follow each other in the guest and in the file are claimed at once. */
    uint64_t run_cluster;
    uint64_t run_count;
    uint64_t run_at; /* of the entry of its first cluster */
};

static size_t entry_size(const struct qcow2 *image)
{
    bool extended = image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2;
    return extended ? QCOW2_EXTENDED_ENTRY_SIZE : QCOW2_ENTRY_SIZE;
}

/* ---- Claims ------------------------------------------------------------------------------------------- */

static void report_clash(struct scan *scan, const struct interval_clash *clash)
{
    struct check *check = scan->image->check;
    uint64_t at = scan->run_at + (clash->unit - scan->run_cluster) * entry_size(scan->image);
    scan->image->copied_in_doubt = true;
    if (clash->kind != QCOW2_KIND_DATA)
        check_find(check, RULE_QCOW2_OVERLAP_DATA, at, "L2 table entry",
                   "guest data is mapped to cluster %" PRIu64 ", which belongs to %s", clash->unit,
                   check_kind_text(check, clash->kind));
    else if (scan->active)
        check_find(check, RULE_QCOW2_CLUSTER_SHARED, at, "L2 table entry",
                   "cluster %" PRIu64 " is the data of another guest cluster, too", clash->unit);
}

static void claim_run(struct scan *scan)
{
    struct interval_clash clash;
    if (scan->run_count > 0 && !interval_map_claim_data(scan->image->check->map, scan->run_cluster,
                                                        scan->run_count, scan->times, &clash))
        report_clash(scan, &clash);
    scan->run_count = 0;
}

static void claim_cluster(struct scan *scan, uint64_t at, uint64_t cluster)
{
    if (scan->run_count > 0 && cluster == scan->run_cluster + scan->run_count &&
        at == scan->run_at + scan->run_count * entry_size(scan->image)) {
        scan->run_count++;
        return;
    }
    claim_run(scan);
    scan->run_cluster = cluster;
    scan->run_count = 1;
    scan->run_at = at;
}

/* ---- One entry ---------------------------------------------------------------------------------------- */

/* Bytes of the cluster that hold data: to the last allocated subcluster, and to the end of the disk. */
static uint64_t used_bytes(const struct scan *scan, uint64_t guest, uint64_t bitmap)
{
    const struct qcow2 *image = scan->image;
    uint64_t used = image->cluster_size;
    if (image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2) {
        unsigned last = QCOW2_SUBCLUSTERS;
        while (last > 0 && !(bitmap & QCOW2_SUBCLUSTER_ALLOCATED(last - 1)))
            last--;
        used = image->cluster_size / QCOW2_SUBCLUSTERS * last;
    }
    if (guest != UNKNOWN_GUEST && guest == image->size >> image->cluster_bits) {
        uint64_t tail = image->size & (image->cluster_size - 1);
        uint64_t sectors = (tail + QCOW2_SECTOR_SIZE - 1) / QCOW2_SECTOR_SIZE * QCOW2_SECTOR_SIZE;
        used = sectors < used ? sectors : used;
    }
    return used;
}

/* Whether the cluster begins in the file, and what it holds ends there. */
static bool check_end(struct scan *scan, uint64_t at, uint64_t guest, uint64_t offset, uint64_t used)
{
    struct check *check = scan->image->check;
    uint64_t file_size = scan->image->file_size;
    if (offset >= file_size) {
        check_find(check, RULE_QCOW2_CLUSTER_PAST_END, at, "L2 table entry",
                   "the cluster at %" PRIu64 " is past the end of the file of %" PRIu64 " bytes", offset,
                   file_size);
        return false;
    }
    if (!source_has(check->source, offset, used))
        check_find(check, RULE_QCOW2_CLUSTER_CUT, at, "L2 table entry",
                   "the file of %" PRIu64 " bytes ends inside the cluster at %" PRIu64
                   " of guest cluster %" PRIu64,
                   file_size, offset, guest);
    return true;
}

static void check_data_file_entry(struct scan *scan, uint64_t at, uint64_t guest, uint64_t entry)
{
    struct check *check = scan->image->check;
    uint64_t offset = entry & QCOW2_L2_OFFSET_MASK;
    if (offset == 0 && !(entry & QCOW2_COPIED))
        return;
    if (offset != guest << scan->image->cluster_bits)
        check_find(check, RULE_QCOW2_DATA_FILE_OFFSET, at, "L2 table entry",
                   "the offset %" PRIu64 " in the data file is not that of guest cluster %" PRIu64, offset,
                   guest);
    if (!(entry & QCOW2_COPIED))
        check_find(check, RULE_QCOW2_DATA_FILE_COPIED, at, "L2 table entry",
                   "bit 63 is not set for guest cluster %" PRIu64, guest);
}

/* The flags of a standard cluster descriptor that do not depend on its offset. */
static void check_flags(struct scan *scan, uint64_t at, uint64_t entry)
{
    struct qcow2 *image = scan->image;
    bool no_zero_flag = image->version < 3 || image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2;
    if (entry & QCOW2_L2_RESERVED_MASK)
        check_find(image->check, RULE_QCOW2_L2_RESERVED, at, "L2 table entry",
                   "reserved bits are set in 0x%" PRIx64, entry);
    if ((entry & QCOW2_L2_ZERO) && no_zero_flag)
        check_find(image->check, RULE_QCOW2_L2_ZERO_FLAG, at, "L2 table entry",
                   "bit 0 is set, which only version 3 without extended L2 entries has");
}

static void check_subclusters(struct scan *scan, uint64_t at, uint64_t entry, uint64_t bitmap)
{
    struct check *check = scan->image->check;
    uint64_t both = bitmap >> QCOW2_SUBCLUSTERS & bitmap;
    bool placed = entry & (QCOW2_L2_OFFSET_MASK | QCOW2_COPIED);
    if (both)
        check_find(check, RULE_QCOW2_SUBCLUSTER_BOTH, at + QCOW2_ENTRY_SIZE, "subcluster allocation bitmap",
                   "subclusters 0x%" PRIx64 " are allocated and read as zeroes", both);
    if ((bitmap & QCOW2_SUBCLUSTERS_ALL_ALLOCATED) && !placed)
        check_find(check, RULE_QCOW2_SUBCLUSTER_NO_OFFSET, at + QCOW2_ENTRY_SIZE,
                   "subcluster allocation bitmap", "subclusters are allocated, but there is no cluster");
}

static void check_standard(struct scan *scan, uint64_t at, uint64_t guest, uint64_t entry, uint64_t bitmap)
{
    struct qcow2 *image = scan->image;
    uint64_t offset = entry & QCOW2_L2_OFFSET_MASK;
    check_flags(scan, at, entry);
    if (image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2)
        check_subclusters(scan, at, entry, bitmap);
    if (!qcow2_is_aligned(image, offset)) {
        check_find(image->check, RULE_QCOW2_CLUSTER_UNALIGNED, at, "L2 table entry",
                   "the cluster at %" PRIu64 " is not on a cluster boundary", offset);
        return;
    }
    if (image->incompatible & QCOW2_INCOMPATIBLE_DATA_FILE) {
        check_data_file_entry(scan, at, guest, entry);
        return;
    }
    if (offset == 0) {
        if (entry & QCOW2_COPIED)
            check_find(image->check, RULE_QCOW2_CLUSTER_OFFSET_0, at, "L2 table entry",
                       "bit 63 is set, but there is no cluster");
        return;
    }
    image->copied_in_doubt |= !(entry & QCOW2_COPIED);
    uint64_t used = entry & QCOW2_L2_ZERO ? 0 : used_bytes(scan, guest, bitmap);
    if (check_end(scan, at, guest, offset, used))
        claim_cluster(scan, at, offset >> image->cluster_bits);
}

/* ---- Tables ------------------------------------------------------------------------------------------- */

/* What most entries are: an ordinary data cluster, or nothing. */
static bool is_plain(const struct qcow2 *image, uint64_t entry)
{
    uint64_t offset = entry & ~QCOW2_COPIED;
    return (entry & QCOW2_COPIED) && (offset & (image->cluster_size - 1)) == 0 && offset != 0 &&
           offset < image->file_size && image->cluster_size <= image->file_size - offset;
}

static void scan_entries(struct scan *scan)
{
    struct qcow2 *image = scan->image;
    bool extended = image->incompatible & QCOW2_INCOMPATIBLE_EXTENDED_L2;
    bool may_be_plain = !extended && !(image->incompatible & QCOW2_INCOMPATIBLE_DATA_FILE);
    size_t size = entry_size(image);
    uint64_t count = qcow2_l2_entries(image);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = get_be64(scan->table + i * size);
        uint64_t bitmap = extended ? get_be64(scan->table + i * size + QCOW2_ENTRY_SIZE) : 0;
        uint64_t at = scan->at + i * size;
        if (entry == 0 && bitmap == 0)
            continue;
        if (may_be_plain && is_plain(image, entry)) {
            claim_cluster(scan, at, (entry & QCOW2_L2_OFFSET_MASK) >> image->cluster_bits);
        } else if (entry & QCOW2_L2_COMPRESSED) {
            qcow2_check_compressed(image, at, entry, scan->times);
            if (bitmap != 0)
                check_find(image->check, RULE_QCOW2_COMPRESSED_SUBCLUSTERS, at + QCOW2_ENTRY_SIZE,
                           "subcluster allocation bitmap", "is not zero for a compressed cluster");
        } else {
            uint64_t guest = scan->guest == UNKNOWN_GUEST ? UNKNOWN_GUEST : scan->guest + i;
            check_standard(scan, at, guest, entry, bitmap);
        }
    }
    claim_run(scan);
}

/* Goes through the L2 table of an L1 entry unless that was done. */
static bool scan_table(struct scan *scan, uint64_t offset, uint8_t *buffer)
{
    struct qcow2 *image = scan->image;
    uint64_t cluster = offset >> image->cluster_bits;
    if (interval_map_kind(image->check->map, cluster) != QCOW2_KIND_L2)
        return true; /* done, or no table that could be read */
    interval_map_set_kind(image->check->map, cluster, QCOW2_KIND_L2_DONE);
    if (!source_read(image->check->source, offset, buffer, (size_t)image->cluster_size))
        return false;
    scan->table = buffer;
    scan->at = offset;
    scan->times = interval_map_count(image->check->map, cluster);
    scan_entries(scan);
    return !interval_map_is_full(image->check->map);
}

/* The walk through one L1 table. */
struct tree_scan {
    const struct qcow2_tree *tree;
    uint8_t *buffer; /* of a cluster */
};

static bool scan_l1_entry(struct qcow2 *image, uint64_t at, uint64_t entry, void *context)
{
    const struct tree_scan *walk = context;
    const struct qcow2_tree *tree = walk->tree;
    uint64_t offset = entry & QCOW2_L1_OFFSET_MASK;
    uint64_t index = (at - tree->l1_offset) / QCOW2_ENTRY_SIZE;
    struct scan scan = {
        .image = image,
        .active = tree->active,
        .guest = tree->active ? index * qcow2_l2_entries(image) : UNKNOWN_GUEST,
    };
    return offset == 0 || !qcow2_is_aligned(image, offset) || scan_table(&scan, offset, walk->buffer);
}

void qcow2_check_l2(struct qcow2 *image)
{
    struct tree_scan walk = {.buffer = mem_alloc((size_t)image->cluster_size)};
    image->copied_in_doubt = image->tree_count > 1;
    for (size_t i = 0; i < image->tree_count; i++) {
        walk.tree = &image->trees[i];
        qcow2_each_entry(image, walk.tree->l1_offset, walk.tree->l1_size, scan_l1_entry, &walk);
    }
    free(walk.buffer);
}
