/* qcow2, versions 2 and 3. All numbers are big-endian.
 * Source: "qcow2 image format", docs/interop/qcow2.txt of the QEMU project, by the names of its sections. */
#ifndef SPECS_LAYOUTS_QCOW2_H
#define SPECS_LAYOUTS_QCOW2_H

#include "specs/layouts/layout.h"

/* Section "Header". Version 2 ends after 72 bytes; version 3 says its own length. */
#define QCOW2_HEADER(FIELD)                                                                                  \
    FIELD(QCOW2_MAGIC, "magic", 0, 4, BE, "qcow2, Header, 0 - 3")                                            \
    FIELD(QCOW2_VERSION, "version", 4, 4, BE, "qcow2, Header, 4 - 7")                                        \
    FIELD(QCOW2_BACKING_FILE_OFFSET, "backing_file_offset", 8, 8, BE, "qcow2, Header, 8 - 15")               \
    FIELD(QCOW2_BACKING_FILE_SIZE, "backing_file_size", 16, 4, BE, "qcow2, Header, 16 - 19")                 \
    FIELD(QCOW2_CLUSTER_BITS, "cluster_bits", 20, 4, BE, "qcow2, Header, 20 - 23")                           \
    FIELD(QCOW2_SIZE, "size", 24, 8, BE, "qcow2, Header, 24 - 31")                                           \
    FIELD(QCOW2_CRYPT_METHOD, "crypt_method", 32, 4, BE, "qcow2, Header, 32 - 35")                           \
    FIELD(QCOW2_L1_SIZE, "l1_size", 36, 4, BE, "qcow2, Header, 36 - 39")                                     \
    FIELD(QCOW2_L1_TABLE_OFFSET, "l1_table_offset", 40, 8, BE, "qcow2, Header, 40 - 47")                     \
    FIELD(QCOW2_REFCOUNT_TABLE_OFFSET, "refcount_table_offset", 48, 8, BE, "qcow2, Header, 48 - 55")         \
    FIELD(QCOW2_REFCOUNT_TABLE_CLUSTERS, "refcount_table_clusters", 56, 4, BE, "qcow2, Header, 56 - 59")     \
    FIELD(QCOW2_NB_SNAPSHOTS, "nb_snapshots", 60, 4, BE, "qcow2, Header, 60 - 63")                           \
    FIELD(QCOW2_SNAPSHOTS_OFFSET, "snapshots_offset", 64, 8, BE, "qcow2, Header, 64 - 71")                   \
    FIELD(QCOW2_INCOMPATIBLE_FEATURES, "incompatible_features", 72, 8, BE, "qcow2, Header, 72 - 79")         \
    FIELD(QCOW2_COMPATIBLE_FEATURES, "compatible_features", 80, 8, BE, "qcow2, Header, 80 - 87")             \
    FIELD(QCOW2_AUTOCLEAR_FEATURES, "autoclear_features", 88, 8, BE, "qcow2, Header, 88 - 95")               \
    FIELD(QCOW2_REFCOUNT_ORDER, "refcount_order", 96, 4, BE, "qcow2, Header, 96 - 99")                       \
    FIELD(QCOW2_HEADER_LENGTH, "header_length", 100, 4, BE, "qcow2, Header, 100 - 103")                      \
    FIELD(QCOW2_COMPRESSION_TYPE, "compression_type", 104, 1, BE, "qcow2, Header, Additional fields, 104")   \
    FIELD(QCOW2_PADDING, "padding", 105, 7, RESERVED, "qcow2, Header, Header padding")

LAYOUT(qcow2_header, "qcow2 header", QCOW2_HEADER, 112);

/* Section "Header". */
#define QCOW2_MAGIC_VALUE          UINT32_C(0x514649fb) /* "QFI\xfb" */
#define QCOW2_HEADER_LENGTH_V2     72                   /* the fields before incompatible_features */
#define QCOW2_HEADER_LENGTH_V3_MIN 104
#define QCOW2_HEADER_LENGTH_ALIGN  8
#define QCOW2_CLUSTER_BITS_MIN     9
#define QCOW2_REFCOUNT_ORDER_V2    4 /* refcounts of 16 bits */
#define QCOW2_REFCOUNT_ORDER_MAX   6
#define QCOW2_BACKING_NAME_MAX     1023 /* bytes */
#define QCOW2_SECTOR_SIZE          512

enum qcow2_crypt {
    QCOW2_CRYPT_NONE = 0,
    QCOW2_CRYPT_AES = 1,
    QCOW2_CRYPT_LUKS = 2,
};

/* Section "Header", incompatible_features (bits 5 - 63 reserved). */
#define QCOW2_INCOMPATIBLE_DIRTY       (UINT64_C(1) << 0)
#define QCOW2_INCOMPATIBLE_CORRUPT     (UINT64_C(1) << 1)
#define QCOW2_INCOMPATIBLE_DATA_FILE   (UINT64_C(1) << 2)
#define QCOW2_INCOMPATIBLE_COMPRESSION (UINT64_C(1) << 3)
#define QCOW2_INCOMPATIBLE_EXTENDED_L2 (UINT64_C(1) << 4)
#define QCOW2_INCOMPATIBLE_KNOWN       UINT64_C(0x1f)
/* compatible_features (bits 1 - 63 reserved). */
#define QCOW2_COMPATIBLE_LAZY_REFCOUNTS (UINT64_C(1) << 0)
#define QCOW2_COMPATIBLE_KNOWN          UINT64_C(0x01)
/* autoclear_features (bits 2 - 63 reserved). */
#define QCOW2_AUTOCLEAR_BITMAPS  (UINT64_C(1) << 0)
#define QCOW2_AUTOCLEAR_RAW_DATA (UINT64_C(1) << 1)
#define QCOW2_AUTOCLEAR_KNOWN    UINT64_C(0x03)

/* Section "Header", Additional fields. */
enum qcow2_compression {
    QCOW2_COMPRESSION_ZLIB = 0, /* a raw deflate stream: "Compressed Clusters Descriptor" */
    QCOW2_COMPRESSION_ZSTD = 1,
};

/* Limits that the format does not set but QEMU does (block/qcow2.h); an image beyond them opens nowhere. */
#define QCOW2_CLUSTER_BITS_MAX    21
#define QCOW2_L1_BYTES_MAX        (UINT64_C(32) << 20)
#define QCOW2_REFTABLE_BYTES_MAX  (UINT64_C(8) << 20)
#define QCOW2_SNAPSHOTS_MAX       65536
#define QCOW2_SNAPSHOTS_BYTES_MAX (UINT64_C(1024) * QCOW2_SNAPSHOTS_MAX)
#define QCOW2_SNAPSHOT_EXTRA_MAX  1024

/* Section "Header extensions": each is this, `length` bytes of data, and padding to a multiple of 8. */
#define QCOW2_EXTENSION(FIELD)                                                                               \
    FIELD(QCOW2_EXTENSION_TYPE, "type", 0, 4, BE, "qcow2, Header extensions, 0 - 3")                         \
    FIELD(QCOW2_EXTENSION_LENGTH, "length", 4, 4, BE, "qcow2, Header extensions, 4 - 7")

LAYOUT(qcow2_extension, "qcow2 header extension", QCOW2_EXTENSION, 8);

#define QCOW2_EXTENSION_ALIGN 8

#define QCOW2_EXTENSION_END            UINT32_C(0x00000000)
#define QCOW2_EXTENSION_BACKING_FORMAT UINT32_C(0xe2792aca)
#define QCOW2_EXTENSION_FEATURE_NAMES  UINT32_C(0x6803f857)
#define QCOW2_EXTENSION_BITMAPS        UINT32_C(0x23852875)
#define QCOW2_EXTENSION_ENCRYPTION     UINT32_C(0x0537be77)
#define QCOW2_EXTENSION_DATA_FILE      UINT32_C(0x44415441)

/* Section "Feature name table": one entry; the table is entries of 48 bytes. */
#define QCOW2_FEATURE_NAME(FIELD)                                                                            \
    FIELD(QCOW2_FEATURE_NAME_TYPE, "type", 0, 1, BE, "qcow2, Feature name table, 0")                         \
    FIELD(QCOW2_FEATURE_NAME_BIT, "bit", 1, 1, BE, "qcow2, Feature name table, 1")                           \
    FIELD(QCOW2_FEATURE_NAME_TEXT, "name", 2, 46, TEXT, "qcow2, Feature name table, 2 - 47")

LAYOUT(qcow2_feature_name, "qcow2 feature name", QCOW2_FEATURE_NAME, 48);

enum qcow2_feature_type {
    QCOW2_FEATURE_INCOMPATIBLE = 0,
    QCOW2_FEATURE_COMPATIBLE = 1,
    QCOW2_FEATURE_AUTOCLEAR = 2,
};

/* Section "Bitmaps extension". */
#define QCOW2_BITMAPS(FIELD)                                                                                 \
    FIELD(QCOW2_BITMAPS_COUNT, "nb_bitmaps", 0, 4, BE, "qcow2, Bitmaps extension, 0 - 3")                    \
    FIELD(QCOW2_BITMAPS_RESERVED, "reserved", 4, 4, RESERVED, "qcow2, Bitmaps extension, 4 - 7")             \
    FIELD(QCOW2_BITMAPS_DIRECTORY_SIZE, "bitmap_directory_size", 8, 8, BE,                                   \
          "qcow2, Bitmaps extension, 8 - 15")                                                                \
    FIELD(QCOW2_BITMAPS_DIRECTORY_OFFSET, "bitmap_directory_offset", 16, 8, BE,                              \
          "qcow2, Bitmaps extension, 16 - 23")

LAYOUT(qcow2_bitmaps, "qcow2 bitmaps extension", QCOW2_BITMAPS, 24);

#define QCOW2_BITMAPS_MAX            65535 /* QEMU, block/qcow2.h */
#define QCOW2_BITMAP_NAME_MAX        1023  /* bytes; section "Bitmap directory" */
#define QCOW2_BITMAP_GRANULARITY_MIN 9     /* bits; QEMU, block/qcow2-bitmap.c */
#define QCOW2_BITMAP_GRANULARITY_MAX 31

/* Section "Full disk encryption header pointer". */
#define QCOW2_ENCRYPTION(FIELD)                                                                              \
    FIELD(QCOW2_ENCRYPTION_OFFSET, "offset", 0, 8, BE, "qcow2, Full disk encryption header pointer, 0 - 7")  \
    FIELD(QCOW2_ENCRYPTION_LENGTH, "length", 8, 8, BE, "qcow2, Full disk encryption header pointer, 8 - 15")

LAYOUT(qcow2_encryption, "qcow2 encryption header pointer", QCOW2_ENCRYPTION, 16);

/* Section "Bitmap directory": the fixed part of an entry, before extra data and name. */
#define QCOW2_BITMAP_ENTRY(FIELD)                                                                            \
    FIELD(QCOW2_BITMAP_TABLE_OFFSET, "bitmap_table_offset", 0, 8, BE, "qcow2, Bitmap directory, 0 - 7")      \
    FIELD(QCOW2_BITMAP_TABLE_SIZE, "bitmap_table_size", 8, 4, BE, "qcow2, Bitmap directory, 8 - 11")         \
    FIELD(QCOW2_BITMAP_FLAGS, "flags", 12, 4, BE, "qcow2, Bitmap directory, 12 - 15")                        \
    FIELD(QCOW2_BITMAP_TYPE, "type", 16, 1, BE, "qcow2, Bitmap directory, 16")                               \
    FIELD(QCOW2_BITMAP_GRANULARITY_BITS, "granularity_bits", 17, 1, BE, "qcow2, Bitmap directory, 17")       \
    FIELD(QCOW2_BITMAP_NAME_SIZE, "name_size", 18, 2, BE, "qcow2, Bitmap directory, 18 - 19")                \
    FIELD(QCOW2_BITMAP_EXTRA_DATA_SIZE, "extra_data_size", 20, 4, BE, "qcow2, Bitmap directory, 20 - 23")

LAYOUT(qcow2_bitmap_entry, "qcow2 bitmap directory entry", QCOW2_BITMAP_ENTRY, 24);

#define QCOW2_BITMAP_ENTRY_ALIGN           8
#define QCOW2_BITMAP_IN_USE                (UINT32_C(1) << 0)
#define QCOW2_BITMAP_AUTO                  (UINT32_C(1) << 1)
#define QCOW2_BITMAP_EXTRA_DATA_COMPATIBLE (UINT32_C(1) << 2)
#define QCOW2_BITMAP_FLAGS_KNOWN           UINT32_C(0x7)
#define QCOW2_BITMAP_TYPE_DIRTY_TRACKING   1
/* Section "Bitmap table": an entry of 8 bytes. */
#define QCOW2_BITMAP_TABLE_OFFSET_MASK UINT64_C(0x00fffffffffffe00)
#define QCOW2_BITMAP_TABLE_ALL_ONES    (UINT64_C(1) << 0) /* only where the offset is 0 */

/* Section "Snapshots": the fixed part of an entry, before extra data, id, name and padding. */
#define QCOW2_SNAPSHOT(FIELD)                                                                                \
    FIELD(QCOW2_SNAPSHOT_L1_TABLE_OFFSET, "l1_table_offset", 0, 8, BE, "qcow2, Snapshots, 0 - 7")            \
    FIELD(QCOW2_SNAPSHOT_L1_SIZE, "l1_size", 8, 4, BE, "qcow2, Snapshots, 8 - 11")                           \
    FIELD(QCOW2_SNAPSHOT_ID_SIZE, "id_str_size", 12, 2, BE, "qcow2, Snapshots, 12 - 13")                     \
    FIELD(QCOW2_SNAPSHOT_NAME_SIZE, "name_size", 14, 2, BE, "qcow2, Snapshots, 14 - 15")                     \
    FIELD(QCOW2_SNAPSHOT_DATE_SEC, "date_sec", 16, 4, BE, "qcow2, Snapshots, 16 - 19")                       \
    FIELD(QCOW2_SNAPSHOT_DATE_NSEC, "date_nsec", 20, 4, BE, "qcow2, Snapshots, 20 - 23")                     \
    FIELD(QCOW2_SNAPSHOT_VM_CLOCK_NSEC, "vm_clock_nsec", 24, 8, BE, "qcow2, Snapshots, 24 - 31")             \
    FIELD(QCOW2_SNAPSHOT_VM_STATE_SIZE, "vm_state_size", 32, 4, BE, "qcow2, Snapshots, 32 - 35")             \
    FIELD(QCOW2_SNAPSHOT_EXTRA_DATA_SIZE, "extra_data_size", 36, 4, BE, "qcow2, Snapshots, 36 - 39")

LAYOUT(qcow2_snapshot, "qcow2 snapshot", QCOW2_SNAPSHOT, 40);

#define QCOW2_SNAPSHOT_ALIGN 8

/* Section "Snapshots", extra data; version 3 demands the first two. */
#define QCOW2_SNAPSHOT_EXTRA(FIELD)                                                                          \
    FIELD(QCOW2_SNAPSHOT_VM_STATE_SIZE_LARGE, "vm_state_size_large", 0, 8, BE, "qcow2, Snapshots, 40 - 47")  \
    FIELD(QCOW2_SNAPSHOT_DISK_SIZE, "disk_size", 8, 8, BE, "qcow2, Snapshots, 48 - 55")                      \
    FIELD(QCOW2_SNAPSHOT_ICOUNT, "icount", 16, 8, BE, "qcow2, Snapshots, 56 - 63")

LAYOUT(qcow2_snapshot_extra, "qcow2 snapshot extra data", QCOW2_SNAPSHOT_EXTRA, 24);

#define QCOW2_SNAPSHOT_EXTRA_V3_MIN 16

/* Tables of 8-byte entries, and what the bits of one mean. */
#define QCOW2_ENTRY_SIZE 8

/* Section "Host cluster management": refcount table entry; bits 0 - 8 are reserved. */
#define QCOW2_REFTABLE_OFFSET_MASK UINT64_C(0xfffffffffffffe00)

/* Section "Cluster mapping": L1 table entry; bits 0 - 8 and 56 - 62 are reserved. */
#define QCOW2_L1_OFFSET_MASK   UINT64_C(0x00fffffffffffe00)
#define QCOW2_L1_RESERVED_MASK UINT64_C(0x7f000000000001ff)

/* Section "Cluster mapping": L2 table entry. */
#define QCOW2_COPIED        (UINT64_C(1) << 63) /* the refcount is exactly one; also in L1 entries */
#define QCOW2_L2_COMPRESSED (UINT64_C(1) << 62)
/* Standard cluster descriptor; bits 1 - 8 and 56 - 61 are reserved. */
#define QCOW2_L2_ZERO          (UINT64_C(1) << 0) /* version 3, not with extended L2 entries */
#define QCOW2_L2_OFFSET_MASK   UINT64_C(0x00fffffffffffe00)
#define QCOW2_L2_RESERVED_MASK UINT64_C(0x3f000000000001fe)
/* Compressed clusters descriptor: the offset in bits 0 to x - 1, further sectors in x to 61, where
 * x = 62 - (cluster_bits - 8). */
#define QCOW2_COMPRESSED_OFFSET_BITS(cluster_bits) (62 - ((cluster_bits)-8))

/* Section "Extended L2 Entries": 16 bytes, of which the second 8 are the bitmap of 32 subclusters. */
#define QCOW2_EXTENDED_ENTRY_SIZE       16
#define QCOW2_SUBCLUSTERS               32
#define QCOW2_SUBCLUSTER_ALLOCATED(n)   (UINT64_C(1) << (n))
#define QCOW2_SUBCLUSTER_ZERO(n)        (UINT64_C(1) << (32 + (n)))
#define QCOW2_SUBCLUSTERS_ALL_ALLOCATED UINT64_C(0x00000000ffffffff)
#define QCOW2_SUBCLUSTERS_ALL_ZERO      UINT64_C(0xffffffff00000000)
#define QCOW2_EXTENDED_CLUSTER_BITS_MIN 14 /* subclusters of 512 bytes at least; QEMU, block/qcow2.c */

#endif
