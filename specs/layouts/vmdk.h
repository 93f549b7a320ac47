/* VMDK, hosted sparse extents and flat extents with their descriptor. All numbers are little-endian.
 * Source: "Virtual Disk Format 5.0", VMware technical note (2011), by the names of its sections. */
#ifndef SPECS_LAYOUTS_VMDK_H
#define SPECS_LAYOUTS_VMDK_H

#include "specs/layouts/layout.h"

/* Section "Hosted Sparse Extent Header": SparseExtentHeader. Also the footer of stream-optimised extents. */
#define VMDK_HEADER(FIELD)                                                                                   \
    FIELD(VMDK_MAGIC, "magicNumber", 0, 4, LE, "VMDK, Hosted Sparse Extent Header: magicNumber")             \
    FIELD(VMDK_VERSION, "version", 4, 4, LE, "VMDK, Hosted Sparse Extent Header: version")                   \
    FIELD(VMDK_FLAGS, "flags", 8, 4, LE, "VMDK, Hosted Sparse Extent Header: flags")                         \
    FIELD(VMDK_CAPACITY, "capacity", 12, 8, LE, "VMDK, Hosted Sparse Extent Header: capacity")               \
    FIELD(VMDK_GRAIN_SIZE, "grainSize", 20, 8, LE, "VMDK, Hosted Sparse Extent Header: grainSize")           \
    FIELD(VMDK_DESCRIPTOR_OFFSET, "descriptorOffset", 28, 8, LE,                                             \
          "VMDK, Hosted Sparse Extent Header: descriptorOffset")                                             \
    FIELD(VMDK_DESCRIPTOR_SIZE, "descriptorSize", 36, 8, LE,                                                 \
          "VMDK, Hosted Sparse Extent Header: descriptorSize")                                               \
    FIELD(VMDK_GTES_PER_GT, "numGTEsPerGT", 44, 4, LE, "VMDK, Hosted Sparse Extent Header: numGTEsPerGT")    \
    FIELD(VMDK_RGD_OFFSET, "rgdOffset", 48, 8, LE, "VMDK, Hosted Sparse Extent Header: rgdOffset")           \
    FIELD(VMDK_GD_OFFSET, "gdOffset", 56, 8, LE, "VMDK, Hosted Sparse Extent Header: gdOffset")              \
    FIELD(VMDK_OVERHEAD, "overHead", 64, 8, LE, "VMDK, Hosted Sparse Extent Header: overHead")               \
    FIELD(VMDK_UNCLEAN_SHUTDOWN, "uncleanShutdown", 72, 1, LE,                                               \
          "VMDK, Hosted Sparse Extent Header: uncleanShutdown")                                              \
    FIELD(VMDK_SINGLE_END_LINE, "singleEndLineChar", 73, 1, LE,                                              \
          "VMDK, Hosted Sparse Extent Header: singleEndLineChar")                                            \
    FIELD(VMDK_NON_END_LINE, "nonEndLineChar", 74, 1, LE,                                                    \
          "VMDK, Hosted Sparse Extent Header: nonEndLineChar")                                               \
    FIELD(VMDK_DOUBLE_END_LINE_1, "doubleEndLineChar1", 75, 1, LE,                                           \
          "VMDK, Hosted Sparse Extent Header: doubleEndLineChar1")                                           \
    FIELD(VMDK_DOUBLE_END_LINE_2, "doubleEndLineChar2", 76, 1, LE,                                           \
          "VMDK, Hosted Sparse Extent Header: doubleEndLineChar2")                                           \
    FIELD(VMDK_COMPRESS_ALGORITHM, "compressAlgorithm", 77, 2, LE,                                           \
          "VMDK, Hosted Sparse Extent Header: compressAlgorithm")                                            \
    FIELD(VMDK_PAD, "pad", 79, 433, RESERVED, "VMDK, Hosted Sparse Extent Header: pad")

LAYOUT(vmdk_header, "VMDK sparse extent header", VMDK_HEADER, 512);

#define VMDK_MAGIC_VALUE        UINT32_C(0x564d444b) /* "KDMV" */
#define VMDK_SECTOR_SIZE        512
#define VMDK_VERSION_1          1
#define VMDK_VERSION_2          2 /* with zeroed grains */
#define VMDK_VERSION_3          3 /* stream-optimised; section "Stream-Optimized Compressed Sparse Extents" */
#define VMDK_GRAIN_SIZE_MIN     8 /* sectors; greater than this, and a power of two */
#define VMDK_GRAIN_SIZE_DEFAULT 128
#define VMDK_GTES_PER_GT_VALUE  512 /* for a hosted sparse extent */

#define VMDK_FLAG_NEWLINE_TEST    (UINT32_C(1) << 0)  /* the four characters below are valid */
#define VMDK_FLAG_REDUNDANT_TABLE (UINT32_C(1) << 1)  /* rgdOffset is valid */
#define VMDK_FLAG_ZEROED_GRAIN    (UINT32_C(1) << 2)  /* a grain table entry of 1 is a grain of zeroes */
#define VMDK_FLAG_COMPRESSED      (UINT32_C(1) << 16) /* grains are compressed */
#define VMDK_FLAG_MARKERS         (UINT32_C(1) << 17) /* markers tell what follows */
#define VMDK_FLAGS_KNOWN          UINT32_C(0x00030007)

#define VMDK_SINGLE_END_LINE_VALUE   '\n'
#define VMDK_NON_END_LINE_VALUE      ' '
#define VMDK_DOUBLE_END_LINE_1_VALUE '\r'
#define VMDK_DOUBLE_END_LINE_2_VALUE '\n'

enum vmdk_compression {
    VMDK_COMPRESSION_NONE = 0,
    VMDK_COMPRESSION_DEFLATE = 1, /* with the zlib header: RFC 1950 */
};

/* Section "Hosted Sparse Extent Metadata": grain directory and grain tables, entries of 4 bytes, in sectors.
 */
#define VMDK_ENTRY_SIZE 4
#define VMDK_TABLES_MAX (UINT32_C(32) << 20) /* of one extent: QEMU, block/vmdk.c */
#define VMDK_GTE_UNUSED UINT32_C(0)
#define VMDK_GTE_ZEROED UINT32_C(1) /* with VMDK_FLAG_ZEROED_GRAIN */
/* Section "Stream-Optimized Compressed Sparse Extents": gdOffset of the header when the footer has it. */
#define VMDK_GD_AT_END UINT64_C(0xffffffffffffffff)

/* Section "Markers": of everything but grains; one sector, followed by `val` sectors. */
#define VMDK_MARKER(FIELD)                                                                                   \
    FIELD(VMDK_MARKER_VAL, "val", 0, 8, LE, "VMDK, Markers: val")                                            \
    FIELD(VMDK_MARKER_SIZE, "size", 8, 4, LE, "VMDK, Markers: size")                                         \
    FIELD(VMDK_MARKER_TYPE, "type", 12, 4, LE, "VMDK, Markers: type")                                        \
    FIELD(VMDK_MARKER_PAD, "pad", 16, 496, RESERVED, "VMDK, Markers: pad")

LAYOUT(vmdk_marker, "VMDK marker", VMDK_MARKER, 512);

enum vmdk_marker_type {
    VMDK_MARKER_EOS = 0,
    VMDK_MARKER_GT = 1,
    VMDK_MARKER_GD = 2,
    VMDK_MARKER_FOOTER = 3,
};

/* Section "Grain Marker": before the `size` bytes of a compressed grain; padded to a sector together. */
#define VMDK_GRAIN_MARKER(FIELD)                                                                             \
    FIELD(VMDK_GRAIN_LBA, "lba", 0, 8, LE, "VMDK, Grain Marker: lba")                                        \
    FIELD(VMDK_GRAIN_BYTES, "size", 8, 4, LE, "VMDK, Grain Marker: size")

LAYOUT(vmdk_grain_marker, "VMDK grain marker", VMDK_GRAIN_MARKER, 12);

/* Section "The Descriptor File". */
#define VMDK_DESCRIPTOR_SIGNATURE "# Disk DescriptorFile"
#define VMDK_CID_NO_PARENT        UINT32_C(0xffffffff)
/* Section "Extent Description": what twoGbMaxExtentSparse and twoGbMaxExtentFlat promise. */
#define VMDK_SPLIT_EXTENT_MAX (UINT64_C(2) << 30) /* bytes */

#endif
