/* The markers of a stream-optimised extent, from the first grain to the end of the file: section "Markers".
 * Whoever reads the extent as a stream knows nothing but them, so they must say what the grain tables say. */
#include <inttypes.h>

#include "conformance/formats/vmdk/vmdk_image.h"

#define MARKER_HEAD_BYTES 16 /* of a marker: the rest of its sector is padding */

struct walk {
    struct vmdk_sparse *extent;
    uint64_t at;       /* bytes */
    uint64_t next_lba; /* that no later grain may be before */
    uint64_t grains;
    bool ended;
};

static uint64_t round_up(uint64_t bytes)
{
    return (bytes + VMDK_SECTOR_SIZE - 1) / VMDK_SECTOR_SIZE * VMDK_SECTOR_SIZE;
}

static void take_grain(struct walk *walk, const struct record *marker)
{
    uint64_t lba = record_number(marker, VMDK_MARKER_VAL);
    uint64_t sector = walk->at / VMDK_SECTOR_SIZE;
    uint64_t length = vmdk_grain_marker.size + record_number(marker, VMDK_MARKER_SIZE);
    struct check *check = walk->extent->check;
    if (lba < walk->next_lba)
        check_find_field(check, RULE_VMDK_STREAM_ORDER, marker, VMDK_MARKER_VAL,
                         "the grain of sector %" PRIu64 " comes after a later one", lba);
    if (interval_map_count(check->map, sector) == 0)
        check_find_field(check, RULE_VMDK_STREAM_LOST_GRAIN, marker, VMDK_MARKER_VAL,
                         "no grain table leads to the grain of sector %" PRIu64, lba);
    walk->next_lba = lba;
    walk->grains++;
    walk->at += round_up(length);
}

static uint64_t table_sectors(const struct vmdk_sparse *extent, unsigned kind)
{
    uint64_t bytes = VMDK_SECTOR_SIZE; /* of the footer */
    if (kind == VMDK_KIND_GT)
        bytes = (uint64_t)extent->gtes * VMDK_ENTRY_SIZE;
    if (kind == VMDK_KIND_GD)
        bytes = vmdk_gd_entries(extent) * VMDK_ENTRY_SIZE;
    return round_up(bytes) / VMDK_SECTOR_SIZE;
}

/* Where a marker says that a table follows, the grain directory must have led to one. */
static void take_table(struct walk *walk, const struct record *marker, unsigned kind)
{
    uint64_t sectors = record_number(marker, VMDK_MARKER_VAL);
    uint64_t first = walk->at / VMDK_SECTOR_SIZE + 1;
    struct check *check = walk->extent->check;
    if (interval_map_kind(check->map, first) != kind)
        check_find_field(check, RULE_VMDK_STREAM_TABLE, marker, VMDK_MARKER_TYPE,
                         "%s should follow, but sector %" PRIu64 " is no such", check_kind_text(check, kind),
                         first);
    else if (sectors != table_sectors(walk->extent, kind))
        check_find_field(check, RULE_VMDK_STREAM_TABLE, marker, VMDK_MARKER_VAL,
                         "%" PRIu64 " sectors, %s has %" PRIu64, sectors, check_kind_text(check, kind),
                         table_sectors(walk->extent, kind));
    uint64_t left = walk->extent->file_size - walk->at;
    uint64_t length = (sectors < left ? sectors + 1 : left) * VMDK_SECTOR_SIZE;
    walk->at += length;
}

static bool rest_is_zero(const struct walk *walk, uint64_t from)
{
    uint8_t bytes[4096];
    while (from < walk->extent->file_size) {
        uint64_t left = walk->extent->file_size - from;
        size_t length = left < sizeof bytes ? (size_t)left : sizeof bytes;
        if (!source_read(walk->extent->check->source, from, bytes, length) || !bytes_are_zero(bytes, length))
            return false;
        from += length;
    }
    return true;
}

/* What QEMU writes has no end, but zeroes may follow: it makes room for a whole grain before it packs it. */
static void take_end(struct walk *walk, const struct record *marker)
{
    struct check *check = walk->extent->check;
    uint64_t end = walk->at + vmdk_marker.size;
    walk->ended = true;
    if (record_number(marker, VMDK_MARKER_VAL) != 0)
        check_find_field(check, RULE_VMDK_STREAM_MARKER, marker, VMDK_MARKER_VAL,
                         "is not 0 in the end-of-stream marker");
    if (end < walk->extent->file_size && (walk->extent->has_footer || !rest_is_zero(walk, end)))
        check_find(check, RULE_VMDK_STREAM_AFTER_END, end, "end-of-stream marker",
                   "%" PRIu64 " bytes follow the end of the stream", walk->extent->file_size - end);
    walk->at = walk->extent->file_size;
}

static void take_marker(struct walk *walk, const struct record *marker)
{
    struct check *check = walk->extent->check;
    uint64_t type = record_number(marker, VMDK_MARKER_TYPE);
    switch (type) {
    case VMDK_MARKER_EOS:
        take_end(walk, marker);
        return;
    case VMDK_MARKER_GT:
        take_table(walk, marker, VMDK_KIND_GT);
        return;
    case VMDK_MARKER_GD:
        take_table(walk, marker, VMDK_KIND_GD);
        return;
    case VMDK_MARKER_FOOTER:
        take_table(walk, marker, VMDK_KIND_FOOTER);
        return;
    default:
        check_find_field(check, RULE_VMDK_STREAM_MARKER, marker, VMDK_MARKER_TYPE,
                         "%" PRIu64 " is no type of marker", type);
        walk->at = walk->extent->file_size;
        walk->ended = true; /* nothing is known of the rest */
    }
}

static void check_padding(struct walk *walk, const struct record *marker)
{
    if (!record_is_zero(marker, VMDK_MARKER_PAD))
        check_find_field(walk->extent->check, RULE_VMDK_STREAM_MARKER, marker, VMDK_MARKER_PAD,
                         "is not zero");
}

/* False at the end of the file. */
static bool step(struct walk *walk)
{
    struct check *check = walk->extent->check;
    struct record marker;
    uint64_t left = walk->at < walk->extent->file_size ? walk->extent->file_size - walk->at : 0;
    size_t length = left < vmdk_marker.size ? (size_t)left : vmdk_marker.size;
    if (length < MARKER_HEAD_BYTES || !check_read_part(check, &vmdk_marker, walk->at, length, &marker))
        return false;
    if (record_number(&marker, VMDK_MARKER_SIZE) != 0) {
        take_grain(walk, &marker);
        return true;
    }
    check_padding(walk, &marker);
    take_marker(walk, &marker);
    return true;
}

/* QEMU writes the grain directory at the start, no end and no footer; where there is a footer there is an
 * end. */
void vmdk_check_stream(struct vmdk_sparse *extent)
{
    struct walk walk = {.extent = extent, .at = extent->overhead * VMDK_SECTOR_SIZE};
    if (interval_map_is_full(extent->check->map))
        return;
    while (step(&walk))
        continue;
    if (extent->has_footer && !walk.ended)
        check_find(extent->check, RULE_VMDK_STREAM_NO_END, extent->file_size, "end-of-stream marker",
                   "is missing at the end of the stream");
}
