/* qcow, version 1. All numbers are big-endian.
 * Source: M. McLoughlin, "The QCOW Image Format" (2006, revised 2008), by the names of its sections. */
#ifndef SPECS_LAYOUTS_QCOW_H
#define SPECS_LAYOUTS_QCOW_H

#include "specs/layouts/layout.h"

/* Section "The Header". */
#define QCOW_HEADER(FIELD)                                                                                   \
    FIELD(QCOW_MAGIC, "magic", 0, 4, BE, "qcow, The Header: magic")                                          \
    FIELD(QCOW_VERSION, "version", 4, 4, BE, "qcow, The Header: version")                                    \
    FIELD(QCOW_BACKING_FILE_OFFSET, "backing_file_offset", 8, 8, BE,                                         \
          "qcow, The Header: backing_file_offset")                                                           \
    FIELD(QCOW_BACKING_FILE_SIZE, "backing_file_size", 16, 4, BE, "qcow, The Header: backing_file_size")     \
    FIELD(QCOW_MTIME, "mtime", 20, 4, BE, "qcow, The Header: mtime")                                         \
    FIELD(QCOW_SIZE, "size", 24, 8, BE, "qcow, The Header: size")                                            \
    FIELD(QCOW_CLUSTER_BITS, "cluster_bits", 32, 1, BE, "qcow, The Header: cluster_bits")                    \
    FIELD(QCOW_L2_BITS, "l2_bits", 33, 1, BE, "qcow, The Header: l2_bits")                                   \
    FIELD(QCOW_PADDING, "padding", 34, 2, RESERVED, "QEMU, block/qcow.c, QCowHeader")                        \
    FIELD(QCOW_CRYPT_METHOD, "crypt_method", 36, 4, BE, "qcow, The Header: crypt_method")                    \
    FIELD(QCOW_L1_TABLE_OFFSET, "l1_table_offset", 40, 8, BE, "qcow, The Header: l1_table_offset")

LAYOUT(qcow_header, "qcow header", QCOW_HEADER, 48);

#define QCOW_MAGIC_VALUE   UINT32_C(0x514649fb) /* "QFI\xfb", as qcow2 */
#define QCOW_VERSION_VALUE 1

enum qcow_crypt {
    QCOW_CRYPT_NONE = 0,
    QCOW_CRYPT_AES = 1,
};

/* What QEMU opens (block/qcow.c, qcow_open). */
#define QCOW_CLUSTER_BITS_MIN 9
#define QCOW_CLUSTER_BITS_MAX 16
#define QCOW_L2_BITS_MIN      6 /* an L2 table of 512 bytes */
#define QCOW_L2_BITS_MAX      13
#define QCOW_BACKING_NAME_MAX 1023
#define QCOW_SECTOR_SIZE      512

/* Section "2-Level Lookups": entries of 8 bytes in the L1 table, one for each L2 table, and in the L2 tables.
 */
#define QCOW_ENTRY_SIZE 8
/* Section "Compressed Clusters": the size in bytes stands in the `cluster_bits` bits below the flag, the
 * offset in the rest. The data is a raw deflate stream. */
#define QCOW_COMPRESSED                           (UINT64_C(1) << 63)
#define QCOW_COMPRESSED_OFFSET_BITS(cluster_bits) (63 - (cluster_bits))

#endif
