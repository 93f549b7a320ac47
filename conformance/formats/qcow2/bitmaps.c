/* Bitmaps: sections "Bitmaps extension", "Bitmap directory", "Bitmap table" and "Bitmap data". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

#define GRANULARITY_BITS_LARGEST 63

struct bitmap {
    struct record record;
    uint64_t table;       /* offset of the bitmap table */
    uint64_t table_size;  /* entries */
    uint64_t data_bytes;  /* of the whole bitmap, by the virtual size */
    bool size_is_current; /* false: the bitmap is in use, its size may be outdated */
};

/* ---- The bitmap table and the data -------------------------------------------------------------------- */

static uint64_t bits_of(const struct qcow2 *image, unsigned granularity_bits)
{
    uint64_t granularity = UINT64_C(1) << granularity_bits;
    return (image->size >> granularity_bits) + ((image->size & (granularity - 1)) != 0);
}

/* The bits of the last cluster that stand for nothing. */
static void check_tail(struct qcow2 *image, const struct bitmap *bitmap, uint64_t cluster, uint64_t bits)
{
    uint64_t used_bits = bits & (image->cluster_size * 8 - 1);
    if (used_bits == 0)
        return;
    for (uint64_t i = used_bits / 8; i < image->cluster_size; i++) {
        uint8_t byte;
        if (!source_read(image->check->source, cluster + i, &byte, 1))
            return;
        unsigned mask = i == used_bits / 8 ? 0xffu << used_bits % 8 : 0xffu;
        if (byte & mask) {
            check_find(image->check, RULE_QCOW2_BITMAP_TAIL, cluster + i, "bitmap data",
                       "bits are set past the end of the bitmap whose table is at %" PRIu64, bitmap->table);
            return;
        }
    }
}

/* False when the entry leads to no cluster. */
static bool check_table_entry(struct qcow2 *image, uint64_t at, uint64_t entry)
{
    static const struct qcow2_target target = {"bitmap table entry", "the cluster",
                                               RULE_QCOW2_BITMAP_ENTRY_UNALIGNED,
                                               RULE_QCOW2_BITMAP_ENTRY_PAST_END};
    struct check *check = image->check;
    uint64_t offset = entry & QCOW2_BITMAP_TABLE_OFFSET_MASK;
    uint64_t allowed = QCOW2_BITMAP_TABLE_OFFSET_MASK | (offset == 0 ? QCOW2_BITMAP_TABLE_ALL_ONES : 0);
    if (entry & ~allowed)
        check_find(check, RULE_QCOW2_BITMAP_ENTRY_RESERVED, at, target.entry,
                   "reserved bits are set in 0x%" PRIx64, entry);
    if (offset == 0)
        return false;
    if (!qcow2_check_target(image, &target, at, offset))
        return false;
    check_claim(image->check, QCOW2_KIND_BITMAP_DATA, offset, image->cluster_size, at, target.entry);
    return true;
}

/* The walk through one bitmap table. */
struct table_walk {
    const struct bitmap *bitmap;
    uint64_t bits;
};

static bool check_entry(struct qcow2 *image, uint64_t at, uint64_t entry, void *context)
{
    const struct table_walk *walk = context;
    const struct bitmap *bitmap = walk->bitmap;
    bool is_last = at == bitmap->table + (bitmap->table_size - 1) * QCOW2_ENTRY_SIZE;
    if (interval_map_is_full(image->check->map))
        return false;
    if (check_table_entry(image, at, entry) && is_last && bitmap->size_is_current)
        check_tail(image, bitmap, entry & QCOW2_BITMAP_TABLE_OFFSET_MASK, walk->bits);
    return true;
}

static void check_table(struct qcow2 *image, struct bitmap *bitmap, unsigned granularity_bits)
{
    static const struct qcow2_bounds bounds = {RULE_QCOW2_BITMAP_TABLE_UNALIGNED,
                                               RULE_QCOW2_BITMAP_TABLE_PAST_END};
    struct check *check = image->check;
    uint64_t bits = bits_of(image, granularity_bits);
    uint64_t bytes = bits / 8 + (bits % 8 != 0);
    uint64_t needed = (bytes >> image->cluster_bits) + ((bytes & (image->cluster_size - 1)) != 0);
    uint64_t length = bitmap->table_size * QCOW2_ENTRY_SIZE;
    if (bitmap->table_size != needed && bitmap->size_is_current) {
        check_find_field(check, RULE_QCOW2_BITMAP_TABLE_SIZE, &bitmap->record, QCOW2_BITMAP_TABLE_SIZE,
                         "is %" PRIu64 ", the virtual size and the granularity make %" PRIu64,
                         bitmap->table_size, needed);
        bitmap->size_is_current = false;
    }
    if (qcow2_check_table(image, &bounds, &bitmap->record, QCOW2_BITMAP_TABLE_OFFSET, length) &&
        check_claim(image->check, QCOW2_KIND_BITMAP_TABLE, bitmap->table, length,
                    record_at(&bitmap->record, QCOW2_BITMAP_TABLE_OFFSET), "bitmap_table_offset"))
        qcow2_each_entry(image, bitmap->table, bitmap->table_size, check_entry,
                         &(struct table_walk){bitmap, bits});
}

/* ---- The directory ------------------------------------------------------------------------------------ */

static void check_flags(struct qcow2 *image, const struct bitmap *bitmap)
{
    struct check *check = image->check;
    uint64_t flags = record_number(&bitmap->record, QCOW2_BITMAP_FLAGS);
    uint64_t type = record_number(&bitmap->record, QCOW2_BITMAP_TYPE);
    if (flags & ~(uint64_t)QCOW2_BITMAP_FLAGS_KNOWN)
        check_find_field(check, RULE_QCOW2_BITMAP_FLAGS, &bitmap->record, QCOW2_BITMAP_FLAGS,
                         "reserved bits are set in 0x%" PRIx64, flags);
    if (flags & QCOW2_BITMAP_IN_USE)
        check_find_field(check, RULE_QCOW2_BITMAP_IN_USE, &bitmap->record, QCOW2_BITMAP_FLAGS,
                         "the bitmap was not saved");
    if (type != QCOW2_BITMAP_TYPE_DIRTY_TRACKING)
        check_find_field(check, RULE_QCOW2_BITMAP_TYPE, &bitmap->record, QCOW2_BITMAP_TYPE,
                         "is %" PRIu64 ", only 1 is defined", type);
    if (record_number(&bitmap->record, QCOW2_BITMAP_EXTRA_DATA_SIZE) != 0)
        check_find_field(check, RULE_QCOW2_BITMAP_EXTRA_DATA, &bitmap->record, QCOW2_BITMAP_EXTRA_DATA_SIZE,
                         "is not zero, but no extra data is defined");
}

static void check_bitmap(struct qcow2 *image, struct bitmap *bitmap)
{
    struct check *check = image->check;
    uint64_t granularity_bits = record_number(&bitmap->record, QCOW2_BITMAP_GRANULARITY_BITS);
    check_flags(image, bitmap);
    if (granularity_bits > GRANULARITY_BITS_LARGEST) {
        check_find_field(check, RULE_QCOW2_BITMAP_GRANULARITY, &bitmap->record, QCOW2_BITMAP_GRANULARITY_BITS,
                         "is %" PRIu64 ", valid are 0 to 63", granularity_bits);
        return;
    }
    if (granularity_bits < QCOW2_BITMAP_GRANULARITY_MIN || granularity_bits > QCOW2_BITMAP_GRANULARITY_MAX)
        check_find_field(check, RULE_QCOW2_BITMAP_GRANULARITY_ODD, &bitmap->record,
                         QCOW2_BITMAP_GRANULARITY_BITS, "is %" PRIu64 ", QEMU only reads 9 to 31",
                         granularity_bits);
    check_table(image, bitmap, (unsigned)granularity_bits);
}

/* The walk through the directory. */
struct directory {
    struct qcow2 *image;
    uint64_t at;
    uint64_t end;
    char **names; /* owned */
    size_t name_count;
};

static void take_name(struct directory *directory, const struct bitmap *bitmap, uint64_t at, uint64_t length)
{
    struct check *check = directory->image->check;
    CLEANUP(text) char *name = mem_alloc((size_t)length + 1); /* a field of 16 bits */
    if (length == 0) {
        check_find_field(check, RULE_QCOW2_BITMAP_NAME, &bitmap->record, QCOW2_BITMAP_NAME_SIZE,
                         "the name is empty");
        return;
    }
    if (!source_read(check->source, at, name, (size_t)length))
        return;
    for (size_t i = 0; i < directory->name_count; i++) {
        if (strcmp(directory->names[i], name) == 0) {
            check_find_field(check, RULE_QCOW2_BITMAP_NAME_TWICE, &bitmap->record, QCOW2_BITMAP_NAME_SIZE,
                             "the name %s comes twice", name);
            return;
        }
    }
    *mem_append(&directory->names, &directory->name_count) = TAKE(name);
}

static void check_padding(struct directory *directory, uint64_t from, uint64_t end)
{
    uint8_t bytes[QCOW2_BITMAP_ENTRY_ALIGN];
    if (end > directory->end ||
        !source_read(directory->image->check->source, from, bytes, (size_t)(end - from)))
        return;
    if (!bytes_are_zero(bytes, (size_t)(end - from)))
        check_find(directory->image->check, RULE_QCOW2_BITMAP_PADDING, from, "bitmap directory entry",
                   "the padding is not zero");
}

/* Checks the entry at directory->at and goes on to the next; false when there is no whole entry. */
static bool check_directory_entry(struct directory *directory)
{
    struct qcow2 *image = directory->image;
    struct bitmap bitmap;
    uint64_t left = directory->end - directory->at;
    if (left < qcow2_bitmap_entry.size ||
        !check_read(image->check, &qcow2_bitmap_entry, directory->at, &bitmap.record))
        return false;
    uint64_t name_size = record_number(&bitmap.record, QCOW2_BITMAP_NAME_SIZE);
    uint64_t extra_size = record_number(&bitmap.record, QCOW2_BITMAP_EXTRA_DATA_SIZE);
    uint64_t length = qcow2_bitmap_entry.size + extra_size + name_size;
    uint64_t padded = (length + QCOW2_BITMAP_ENTRY_ALIGN - 1) / QCOW2_BITMAP_ENTRY_ALIGN *
                      (uint64_t)QCOW2_BITMAP_ENTRY_ALIGN;
    if (padded > left)
        return false;
    bitmap.table = record_number(&bitmap.record, QCOW2_BITMAP_TABLE_OFFSET);
    bitmap.table_size = record_number(&bitmap.record, QCOW2_BITMAP_TABLE_SIZE);
    bitmap.size_is_current = !(record_number(&bitmap.record, QCOW2_BITMAP_FLAGS) & QCOW2_BITMAP_IN_USE);
    take_name(directory, &bitmap, directory->at + length - name_size, name_size);
    check_padding(directory, directory->at + length, directory->at + padded);
    check_bitmap(image, &bitmap);
    directory->at += padded;
    return true;
}

static void check_directory(struct qcow2 *image, uint64_t offset, uint64_t size, uint64_t count)
{
    struct directory directory = {.image = image, .at = offset, .end = offset + size};
    uint64_t seen = 0;
    check_claim(image->check, QCOW2_KIND_BITMAP_DIRECTORY, offset, size,
                record_at(&image->bitmaps, QCOW2_BITMAPS_DIRECTORY_OFFSET), "bitmap_directory_offset");
    while (seen < count && seen < QCOW2_BITMAPS_MAX && check_directory_entry(&directory))
        seen++;
    if (seen < count || directory.at != directory.end)
        check_find_field(image->check, RULE_QCOW2_BITMAPS_DIRECTORY_SIZE, &image->bitmaps,
                         QCOW2_BITMAPS_DIRECTORY_SIZE,
                         "is %" PRIu64 ", but %" PRIu64 " of %" PRIu64 " entries have %" PRIu64 " bytes",
                         size, seen, count, (directory.at - offset));
    for (size_t i = 0; i < directory.name_count; i++)
        free(directory.names[i]);
    free(directory.names);
}

void qcow2_check_bitmaps(struct qcow2 *image)
{
    static const struct qcow2_bounds bounds = {RULE_QCOW2_BITMAPS_DIRECTORY_UNALIGNED,
                                               RULE_QCOW2_BITMAPS_DIRECTORY_PAST_END};
    struct check *check = image->check;
    if (!image->has_bitmaps)
        return;
    if (!(image->autoclear & QCOW2_AUTOCLEAR_BITMAPS)) {
        check_find_field(check, RULE_QCOW2_BITMAPS_INCONSISTENT, &image->header, QCOW2_AUTOCLEAR_FEATURES,
                         "there are bitmaps, but bit 0 does not say that they are consistent");
        return;
    }
    uint64_t count = record_number(&image->bitmaps, QCOW2_BITMAPS_COUNT);
    uint64_t size = record_number(&image->bitmaps, QCOW2_BITMAPS_DIRECTORY_SIZE);
    uint64_t offset = record_number(&image->bitmaps, QCOW2_BITMAPS_DIRECTORY_OFFSET);
    if (!record_is_zero(&image->bitmaps, QCOW2_BITMAPS_RESERVED))
        check_find_field(check, RULE_QCOW2_BITMAPS_RESERVED, &image->bitmaps, QCOW2_BITMAPS_RESERVED,
                         "is not zero");
    if (count == 0)
        check_find_field(check, RULE_QCOW2_BITMAPS_NONE, &image->bitmaps, QCOW2_BITMAPS_COUNT,
                         "is 0, at least 1 is valid");
    if (qcow2_check_table(image, &bounds, &image->bitmaps, QCOW2_BITMAPS_DIRECTORY_OFFSET, size))
        check_directory(image, offset, size, count);
}
