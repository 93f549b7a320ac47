/* VMDK, the sparse extents of ESX: COWD (type VMFSSPARSE) and seSparse (SESPARSE). All numbers are
 * little-endian. Sources: "Virtual Disk Format 5.0", VMware technical note (2011), section "ESX Server Sparse
 * Extents"; for seSparse, which has no published description, QEMU, block/vmdk.c. */
#ifndef SPECS_LAYOUTS_VMDK_ESX_H
#define SPECS_LAYOUTS_VMDK_ESX_H

#include "specs/layouts/layout.h"

/* COWDisk_Header. */
#define COWD_HEADER(FIELD)                                                                                   \
    FIELD(COWD_MAGIC, "magicNumber", 0, 4, LE, "VMDK, ESX Server Sparse Extents: magicNumber")               \
    FIELD(COWD_VERSION, "version", 4, 4, LE, "VMDK, ESX Server Sparse Extents: version")                     \
    FIELD(COWD_FLAGS, "flags", 8, 4, LE, "VMDK, ESX Server Sparse Extents: flags")                           \
    FIELD(COWD_SECTORS, "numSectors", 12, 4, LE, "VMDK, ESX Server Sparse Extents: numSectors")              \
    FIELD(COWD_GRAIN_SIZE, "grainSize", 16, 4, LE, "VMDK, ESX Server Sparse Extents: grainSize")             \
    FIELD(COWD_GD_OFFSET, "gdOffset", 20, 4, LE, "VMDK, ESX Server Sparse Extents: gdOffset")                \
    FIELD(COWD_GD_ENTRIES, "numGDEntries", 24, 4, LE, "VMDK, ESX Server Sparse Extents: numGDEntries")       \
    FIELD(COWD_FREE_SECTOR, "freeSector", 28, 4, LE, "VMDK, ESX Server Sparse Extents: freeSector")          \
    FIELD(COWD_PARENT, "root or parentFileName", 32, 1024, BYTES, "VMDK, ESX Server Sparse Extents: u")      \
    FIELD(COWD_PARENT_GENERATION, "parentGeneration", 1056, 4, LE, "VMDK, ESX Server Sparse Extents: u")     \
    FIELD(COWD_GENERATION, "generation", 1060, 4, LE, "VMDK, ESX Server Sparse Extents: generation")         \
    FIELD(COWD_NAME, "name", 1064, 60, TEXT, "VMDK, ESX Server Sparse Extents: name")                        \
    FIELD(COWD_DESCRIPTION, "description", 1124, 512, TEXT, "VMDK, ESX Server Sparse Extents: description")  \
    FIELD(COWD_SAVED_GENERATION, "savedGeneration", 1636, 4, LE,                                             \
          "VMDK, ESX Server Sparse Extents: savedGeneration")                                                \
    FIELD(COWD_RESERVED, "reserved", 1640, 8, RESERVED, "VMDK, ESX Server Sparse Extents: reserved")         \
    FIELD(COWD_UNCLEAN_SHUTDOWN, "uncleanShutdown", 1648, 4, LE,                                             \
          "VMDK, ESX Server Sparse Extents: uncleanShutdown")                                                \
    FIELD(COWD_PADDING, "padding", 1652, 396, RESERVED, "VMDK, ESX Server Sparse Extents: padding")

LAYOUT(cowd_header, "COWD extent header", COWD_HEADER, 2048);

#define COWD_MAGIC_VALUE   UINT32_C(0x44574f43) /* "COWD" */
#define COWD_VERSION_VALUE 1
#define COWD_FLAGS_VALUE   3
#define COWD_GTES_PER_GT   4096 /* of 4 bytes, as those of the grain directory */

/* SESparseConstHeader. */
#define SESPARSE_HEADER(FIELD)                                                                               \
    FIELD(SESPARSE_MAGIC, "magic", 0, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")                  \
    FIELD(SESPARSE_VERSION, "version", 8, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")              \
    FIELD(SESPARSE_CAPACITY, "capacity", 16, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")           \
    FIELD(SESPARSE_GRAIN_SIZE, "grain_size", 24, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")       \
    FIELD(SESPARSE_GT_SIZE, "grain_table_size", 32, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")    \
    FIELD(SESPARSE_FLAGS, "flags", 40, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")                 \
    FIELD(SESPARSE_RESERVED, "reserved", 48, 32, RESERVED, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")    \
    FIELD(SESPARSE_VOLATILE, "volatile_header_offset", 80, 8, LE,                                            \
          "QEMU, block/vmdk.c, VMDKSESparseConstHeader")                                                     \
    FIELD(SESPARSE_VOLATILE_SIZE, "volatile_header_size", 88, 8, LE,                                         \
          "QEMU, block/vmdk.c, VMDKSESparseConstHeader")                                                     \
    FIELD(SESPARSE_JOURNAL_HEADER, "journal_header_offset", 96, 8, LE,                                       \
          "QEMU, block/vmdk.c, VMDKSESparseConstHeader")                                                     \
    FIELD(SESPARSE_JOURNAL_HEADER_SIZE, "journal_header_size", 104, 8, LE,                                   \
          "QEMU, block/vmdk.c, VMDKSESparseConstHeader")                                                     \
    FIELD(SESPARSE_JOURNAL, "journal_offset", 112, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")     \
    FIELD(SESPARSE_JOURNAL_SIZE, "journal_size", 120, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")  \
    FIELD(SESPARSE_GD, "grain_dir_offset", 128, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")        \
    FIELD(SESPARSE_GD_SIZE, "grain_dir_size", 136, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")     \
    FIELD(SESPARSE_GTS, "grain_tables_offset", 144, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")    \
    FIELD(SESPARSE_GTS_SIZE, "grain_tables_size", 152, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader") \
    FIELD(SESPARSE_FREE, "free_bitmap_offset", 160, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")    \
    FIELD(SESPARSE_FREE_SIZE, "free_bitmap_size", 168, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader") \
    FIELD(SESPARSE_BACKMAP, "backmap_offset", 176, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")     \
    FIELD(SESPARSE_BACKMAP_SIZE, "backmap_size", 184, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")  \
    FIELD(SESPARSE_GRAINS, "grains_offset", 192, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")       \
    FIELD(SESPARSE_GRAINS_SIZE, "grains_size", 200, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")    \
    FIELD(SESPARSE_PAD, "pad", 208, 304, RESERVED, "QEMU, block/vmdk.c, VMDKSESparseConstHeader")

LAYOUT(sesparse_header, "seSparse constant header", SESPARSE_HEADER, 512);

#define SESPARSE_MAGIC_VALUE   UINT64_C(0xcafebabe)
#define SESPARSE_VERSION_VALUE UINT64_C(0x0000000200000001) /* 2.1 */
/* QEMU knows no other values; sizes and offsets are in sectors. */
#define SESPARSE_GRAIN_SECTORS 8
#define SESPARSE_GT_SECTORS    64
#define SESPARSE_ENTRY_SIZE    8
#define SESPARSE_GTES_PER_GT   4096
#define SESPARSE_GD_ALLOCATED  UINT64_C(0x1000000000000000) /* with the number of the table in bits 0 - 31 */
#define SESPARSE_GTE_KIND_BITS 60                           /* from here on: */
#define SESPARSE_GTE_NUMBER_LOW_AT                                                                           \
    48 /* bits 48 - 59: the low ones of the grain's number, 0 - 47 those above */

enum sesparse_gte {
    SESPARSE_GTE_FREE = 0, /* all other bits are zero */
    SESPARSE_GTE_UNMAPPED = 1,
    SESPARSE_GTE_ZERO = 2,
    SESPARSE_GTE_ALLOCATED = 3,
};

/* SESparseVolatileHeader. */
#define SESPARSE_VOLATILE_HEADER(FIELD)                                                                      \
    FIELD(SESPARSE_VOLATILE_MAGIC, "magic", 0, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseVolatileHeader")      \
    FIELD(SESPARSE_FREE_GT, "free_gt_number", 8, 8, LE, "QEMU, block/vmdk.c, VMDKSESparseVolatileHeader")    \
    FIELD(SESPARSE_NEXT_TXN, "next_txn_seq_number", 16, 8, LE,                                               \
          "QEMU, block/vmdk.c, VMDKSESparseVolatileHeader")                                                  \
    FIELD(SESPARSE_REPLAY_JOURNAL, "replay_journal", 24, 8, LE,                                              \
          "QEMU, block/vmdk.c, VMDKSESparseVolatileHeader")                                                  \
    FIELD(SESPARSE_VOLATILE_PAD, "pad", 32, 480, RESERVED, "QEMU, block/vmdk.c, VMDKSESparseVolatileHeader")

LAYOUT(sesparse_volatile, "seSparse volatile header", SESPARSE_VOLATILE_HEADER, 512);

#define SESPARSE_VOLATILE_MAGIC_VALUE UINT64_C(0xcafecafe)

#endif
