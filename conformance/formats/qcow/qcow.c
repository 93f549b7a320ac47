/* qcow, version 1: the tables and the data; sections "2-Level Lookups" and "Compressed Clusters". There are
 * no refcounts, so every cluster belongs to one place.
 *
 * The L2 tables are gone through three times: to claim their own places, those of data clusters, and then
 * for compressed clusters, which stand anywhere between them. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/deep.h"
#include "conformance/formats/qcow/qcow_image.h"

#define PACKED_UNIT_BYTES 16 /* compressed clusters begin and end at any byte; whole units are claimed */

static const char *const kind_texts[] = {
    [QCOW_KIND_DATA] = "guest data",
    [QCOW_KIND_HEADER] = "the header",
    [QCOW_KIND_L1] = "the L1 table",
    [QCOW_KIND_L2] = "an L2 table",
};

static const struct check_kinds kinds = {kind_texts, RULE_QCOW_OVERLAP_TABLES};

/* ---- Compressed clusters ------------------------------------------------------------------------------ */

static void check_packed_data(struct qcow *image, uint64_t at, uint64_t offset, uint64_t length)
{
    const struct deep_piece piece = {
        .rule = RULE_QCOW_COMPRESSED_DATA,
        .at = at,
        .form = INFLATE_RAW,
        .offset = offset,
        .length = (size_t)length, /* less than a cluster, by the width of its field */
        .size = image->cluster_size,
    };
    deep_inflate(image->check, &piece);
}

static void check_packed_place(struct qcow *image, uint64_t at, uint64_t offset, uint64_t length)
{
    struct check *check = image->check;
    struct interval_clash clash;
    uint64_t unit = (offset + PACKED_UNIT_BYTES - 1) / PACKED_UNIT_BYTES;
    uint64_t end = (offset + length) / PACKED_UNIT_BYTES;
    for (uint64_t sector = offset / QCOW_SECTOR_SIZE; sector * QCOW_SECTOR_SIZE < offset + length; sector++) {
        if (interval_map_count(check->map, sector) == 0)
            continue;
        check_find(check, RULE_QCOW_OVERLAP_DATA, at, "L2 table entry",
                   "compressed data at %" PRIu64 " overlaps %s", offset,
                   check_kind_text(check, interval_map_kind(check->map, sector)));
        return;
    }
    if (end > unit && !interval_map_claim_data(image->packed, unit, end - unit, 1, &clash))
        check_find(check, RULE_QCOW_CLUSTER_SHARED, at, "L2 table entry",
                   "compressed data at %" PRIu64 " overlaps that of another cluster", offset);
}

static void check_packed(struct qcow *image, uint64_t at, uint64_t entry)
{
    struct check *check = image->check;
    unsigned bits = QCOW_COMPRESSED_OFFSET_BITS((unsigned)record_number(&image->header, QCOW_CLUSTER_BITS));
    uint64_t offset = entry & ((UINT64_C(1) << bits) - 1);
    uint64_t length = (entry & ~QCOW_COMPRESSED) >> bits;
    if (!(entry & QCOW_COMPRESSED))
        return;
    if (length == 0) {
        check_find(check, RULE_QCOW_COMPRESSED_LENGTH, at, "L2 table entry",
                   "a compressed cluster has 0 bytes");
    } else if (!source_has(check->source, offset, length)) {
        check_find(check, RULE_QCOW_COMPRESSED_PAST_END, at, "L2 table entry",
                   "%" PRIu64 " bytes at %" PRIu64 " are not wholly in the file of %" PRIu64 " bytes", length,
                   offset, image->file_size);
    } else {
        check_packed_place(image, at, offset, length);
        if (check->options->deep)
            check_packed_data(image, at, offset, length);
    }
}

/* ---- Data clusters and L2 tables ---------------------------------------------------------------------- */

static void check_cluster(struct qcow *image, uint64_t at, uint64_t offset)
{
    struct check *check = image->check;
    struct interval_clash clash;
    if (offset & QCOW_COMPRESSED)
        return;
    if (offset % image->cluster_size != 0) {
        check_find(check, RULE_QCOW_CLUSTER_UNALIGNED, at, "L2 table entry",
                   "the cluster at %" PRIu64 " is not on a cluster boundary", offset);
        return;
    }
    if (!source_has(check->source, offset, image->cluster_size)) {
        check_find(check, RULE_QCOW_CLUSTER_PAST_END, at, "L2 table entry",
                   "the cluster at %" PRIu64 " is not wholly in the file of %" PRIu64 " bytes", offset,
                   image->file_size);
        return;
    }
    if (interval_map_claim_data(check->map, offset / QCOW_SECTOR_SIZE, image->cluster_size / QCOW_SECTOR_SIZE,
                                1, &clash))
        return;
    if (clash.kind == QCOW_KIND_DATA)
        check_find(check, RULE_QCOW_CLUSTER_SHARED, at, "L2 table entry",
                   "the cluster at %" PRIu64 " is that of another one, too", offset);
    else
        check_find(check, RULE_QCOW_OVERLAP_DATA, at, "L2 table entry",
                   "the cluster at %" PRIu64 " overlaps %s", offset, check_kind_text(check, clash.kind));
}

static void check_l2_place(struct qcow *image, uint64_t at, uint64_t offset)
{
    struct check *check = image->check;
    uint64_t length = image->l2_entries * QCOW_ENTRY_SIZE;
    if (offset % image->cluster_size != 0) {
        check_find(check, RULE_QCOW_L2_UNALIGNED, at, "L1 table entry",
                   "the L2 table at %" PRIu64 " is not on a cluster boundary", offset);
        return;
    }
    if (!source_has(check->source, offset, length)) {
        check_find(check, RULE_QCOW_L2_PAST_END, at, "L1 table entry",
                   "the L2 table at %" PRIu64 " is not wholly in the file of %" PRIu64 " bytes", offset,
                   image->file_size);
        return;
    }
    check_claim(check, QCOW_KIND_L2, offset, length, at, "L1 table entry");
}

/* ---- Walks -------------------------------------------------------------------------------------------- */

typedef void visit_fn(struct qcow *image, uint64_t at, uint64_t entry);

/* The walk through the L1 table. */
struct walk {
    struct qcow *image;
    visit_fn *visit; /* of entries that are not zero */
};

static bool visit_l1_entry(void *context, uint64_t index, uint64_t at, const uint8_t *bytes)
{
    const struct walk *walk = context;
    (void)index;
    if (interval_map_is_full(walk->image->check->map))
        return false;
    if (get_be64(bytes) != 0)
        walk->visit(walk->image, at, get_be64(bytes));
    return true;
}

static void visit_l1(struct qcow *image, visit_fn *visit)
{
    check_each_entry(image->check, image->l1_offset, image->l1_entries, QCOW_ENTRY_SIZE, visit_l1_entry,
                     &(struct walk){image, visit});
}

static void visit_table(struct qcow *image, uint64_t offset, visit_fn *visit)
{
    size_t length = (size_t)(image->l2_entries * QCOW_ENTRY_SIZE);
    if (interval_map_count(image->check->map, offset / QCOW_SECTOR_SIZE) != 1 ||
        offset % image->cluster_size != 0 || !source_read(image->check->source, offset, image->table, length))
        return; /* said when its place was claimed */
    for (size_t i = 0; i < length; i += QCOW_ENTRY_SIZE) {
        uint64_t entry = get_be64(image->table + i);
        if (entry != 0)
            visit(image, offset + i, entry);
    }
}

static void visit_clusters(struct qcow *image, uint64_t at, uint64_t offset)
{
    (void)at;
    visit_table(image, offset, check_cluster);
}

static void visit_packed(struct qcow *image, uint64_t at, uint64_t offset)
{
    (void)at;
    visit_table(image, offset, check_packed);
}

static void check(struct check *check)
{
    struct qcow image = {.check = check, .file_size = source_size(check->source)};
    check_start_map(check, QCOW_SECTOR_SIZE, &kinds);
    if (qcow_check_header(&image)) {
        image.packed = interval_map_new(PACKED_UNIT_BYTES, INTERVAL_MAP_LIMIT_BYTES / 4);
        image.table = mem_alloc((size_t)(image.l2_entries * QCOW_ENTRY_SIZE));
        visit_l1(&image, check_l2_place);
        visit_l1(&image, visit_clusters);
        visit_l1(&image, visit_packed);
    }
    interval_map_free(image.packed);
    free(image.table);
}

static unsigned probe(struct source *source)
{
    uint8_t header[QCOW_PADDING_AT];
    if (!source_read(source, 0, header, sizeof header))
        return 0;
    uint8_t cluster_bits = header[QCOW_CLUSTER_BITS_AT];
    uint8_t l2_bits = header[QCOW_L2_BITS_AT];
    bool magic = get_be32(header) == QCOW_MAGIC_VALUE;
    bool version = get_be32(header + QCOW_VERSION_AT) == QCOW_VERSION_VALUE;
    bool shape = cluster_bits >= QCOW_CLUSTER_BITS_MIN && cluster_bits <= QCOW_CLUSTER_BITS_MAX &&
                 l2_bits >= QCOW_L2_BITS_MIN && l2_bits <= QCOW_L2_BITS_MAX;
    if (magic + version + shape < 2)
        return 0;
    return (magic ? 32u : 0) + (version ? 32u : 0) + (shape ? 10u : 0);
}

const struct format format_qcow = {"qcow", probe, check};
