/* Compressed clusters: section "Cluster mapping", Compressed Clusters Descriptor. */
#include <inttypes.h>

#include "conformance/formats/deep.h"
#include "conformance/formats/qcow2/qcow2_image.h"

#define HOST_OFFSET_BITS 56 /* those above are zero where the field is wider */

/* Where the data of one compressed cluster is. */
struct qcow2_compressed {
    uint64_t at;     /* of its L2 entry */
    uint64_t offset; /* bytes */
    uint64_t length; /* bytes at most: the last sector need not be used up */
};

static struct qcow2_compressed compressed_of(const struct qcow2 *image, uint64_t at, uint64_t entry)
{
    unsigned bits = QCOW2_COMPRESSED_OFFSET_BITS(image->cluster_bits);
    uint64_t offset = entry & ((UINT64_C(1) << bits) - 1);
    uint64_t further = (entry & (QCOW2_L2_COMPRESSED - 1)) >> bits;
    uint64_t sectors_end = (offset / QCOW2_SECTOR_SIZE + further + 1) * QCOW2_SECTOR_SIZE;
    return (struct qcow2_compressed){at, offset, sectors_end - offset};
}

/* The last sector need not be there to its end, if what was compressed is. */
static bool check_end(struct qcow2 *image, const struct qcow2_compressed *data)
{
    uint64_t file_sectors_end =
        (image->file_size + QCOW2_SECTOR_SIZE - 1) / QCOW2_SECTOR_SIZE * QCOW2_SECTOR_SIZE;
    if (data->offset >= image->file_size || data->length > file_sectors_end - data->offset) {
        check_find(image->check, RULE_QCOW2_COMPRESSED_PAST_END, data->at, "L2 table entry",
                   "%" PRIu64 " bytes at %" PRIu64 " reach past the end of the file of %" PRIu64 " bytes",
                   data->length, data->offset, image->file_size);
        return false;
    }
    return true;
}

static void claim(struct qcow2 *image, const struct qcow2_compressed *data, uint32_t times)
{
    struct interval_map *map = image->check->map;
    uint64_t first = data->offset >> image->cluster_bits;
    uint64_t last = (data->offset + data->length - 1) >> image->cluster_bits;
    for (uint64_t cluster = first; cluster <= last; cluster++) {
        struct interval_clash clash;
        bool was_free = interval_map_claim_data(map, cluster, 1, times, &clash);
        if (!was_free && clash.kind != QCOW2_KIND_DATA)
            check_find(image->check, RULE_QCOW2_OVERLAP_DATA, data->at, "L2 table entry",
                       "compressed data is in cluster %" PRIu64 ", which belongs to %s", cluster,
                       check_kind_text(image->check, clash.kind));
    }
}

static void check_data(struct qcow2 *image, const struct qcow2_compressed *data)
{
    uint64_t left = image->file_size - data->offset;
    bool zstd = record_number(&image->header, QCOW2_COMPRESSION_TYPE) == QCOW2_COMPRESSION_ZSTD;
    const struct deep_piece piece = {
        .rule = RULE_QCOW2_COMPRESSED_DATA,
        .at = data->at,
        .form = zstd ? INFLATE_ZSTD : INFLATE_RAW,
        .offset = data->offset,
        .length = data->length < left ? (size_t)data->length : (size_t)left, /* two clusters at most */
        .size = image->cluster_size,
    };
    deep_inflate(image->check, &piece);
}

void qcow2_check_compressed(struct qcow2 *image, uint64_t at, uint64_t entry, uint32_t times)
{
    struct check *check = image->check;
    struct qcow2_compressed data = compressed_of(image, at, entry);
    if (entry & QCOW2_COPIED)
        check_find(check, RULE_QCOW2_COMPRESSED_COPIED, at, "L2 table entry",
                   "bit 63 is set for a compressed cluster");
    if (image->incompatible & QCOW2_INCOMPATIBLE_DATA_FILE)
        check_find(check, RULE_QCOW2_DATA_FILE_COMPRESSED, at, "L2 table entry",
                   "a cluster is compressed beside an external data file");
    if (data.offset >> HOST_OFFSET_BITS != 0) {
        check_find(check, RULE_QCOW2_COMPRESSED_OFFSET, at, "L2 table entry",
                   "bits beyond 55 are set in the offset 0x%" PRIx64, data.offset);
        return;
    }
    if (!check_end(image, &data))
        return;
    claim(image, &data, times);
    bool cut = !source_has(check->source, data.offset, data.length);
    if (check->options->deep || cut)
        check_data(image, &data);
}
