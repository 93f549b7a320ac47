/* VDI. All numbers are little-endian.
 * Source: VirtualBox, src/VBox/Storage/VDICore.h, by the names of its structures: VDIPREHEADER with
 * VDIHEADER1PLUS of version 1.1 or VDIHEADER0 of version 0.1. */
#ifndef SPECS_LAYOUTS_VDI_H
#define SPECS_LAYOUTS_VDI_H

#include "specs/layouts/layout.h"

#define VDI_HEADER(FIELD)                                                                                    \
    FIELD(VDI_FILE_INFO, "szFileInfo", 0, 64, TEXT, "VDI, VDIPREHEADER: szFileInfo")                         \
    FIELD(VDI_SIGNATURE, "u32Signature", 64, 4, LE, "VDI, VDIPREHEADER: u32Signature")                       \
    FIELD(VDI_VERSION, "u32Version", 68, 4, LE, "VDI, VDIPREHEADER: u32Version")                             \
    FIELD(VDI_HEADER_SIZE, "cbHeader", 72, 4, LE, "VDI, VDIHEADER1PLUS: cbHeader")                           \
    FIELD(VDI_TYPE, "u32Type", 76, 4, LE, "VDI, VDIHEADER1PLUS: u32Type")                                    \
    FIELD(VDI_FLAGS, "fFlags", 80, 4, LE, "VDI, VDIHEADER1PLUS: fFlags")                                     \
    FIELD(VDI_COMMENT, "szComment", 84, 256, TEXT, "VDI, VDIHEADER1PLUS: szComment")                         \
    FIELD(VDI_OFF_BLOCKS, "offBlocks", 340, 4, LE, "VDI, VDIHEADER1PLUS: offBlocks")                         \
    FIELD(VDI_OFF_DATA, "offData", 344, 4, LE, "VDI, VDIHEADER1PLUS: offData")                               \
    FIELD(VDI_CYLINDERS, "LegacyGeometry.cCylinders", 348, 4, LE, "VDI, VDIDISKGEOMETRY: cCylinders")        \
    FIELD(VDI_HEADS, "LegacyGeometry.cHeads", 352, 4, LE, "VDI, VDIDISKGEOMETRY: cHeads")                    \
    FIELD(VDI_SECTORS, "LegacyGeometry.cSectors", 356, 4, LE, "VDI, VDIDISKGEOMETRY: cSectors")              \
    FIELD(VDI_SECTOR_SIZE, "LegacyGeometry.cbSector", 360, 4, LE, "VDI, VDIDISKGEOMETRY: cbSector")          \
    FIELD(VDI_DUMMY, "u32Dummy", 364, 4, RESERVED, "VDI, VDIHEADER1PLUS: u32Dummy")                          \
    FIELD(VDI_DISK_SIZE, "cbDisk", 368, 8, LE, "VDI, VDIHEADER1PLUS: cbDisk")                                \
    FIELD(VDI_BLOCK_SIZE, "cbBlock", 376, 4, LE, "VDI, VDIHEADER1PLUS: cbBlock")                             \
    FIELD(VDI_BLOCK_EXTRA, "cbBlockExtra", 380, 4, LE, "VDI, VDIHEADER1PLUS: cbBlockExtra")                  \
    FIELD(VDI_BLOCKS, "cBlocks", 384, 4, LE, "VDI, VDIHEADER1PLUS: cBlocks")                                 \
    FIELD(VDI_BLOCKS_ALLOCATED, "cBlocksAllocated", 388, 4, LE, "VDI, VDIHEADER1PLUS: cBlocksAllocated")     \
    FIELD(VDI_UUID_CREATE, "uuidCreate", 392, 16, BYTES, "VDI, VDIHEADER1PLUS: uuidCreate")                  \
    FIELD(VDI_UUID_MODIFY, "uuidModify", 408, 16, BYTES, "VDI, VDIHEADER1PLUS: uuidModify")                  \
    FIELD(VDI_UUID_LINKAGE, "uuidLinkage", 424, 16, BYTES, "VDI, VDIHEADER1PLUS: uuidLinkage")               \
    FIELD(VDI_UUID_PARENT_MODIFY, "uuidParentModify", 440, 16, BYTES,                                        \
          "VDI, VDIHEADER1PLUS: uuidParentModify")                                                           \
    FIELD(VDI_LCHS_CYLINDERS, "LCHSGeometry.cCylinders", 456, 4, LE, "VDI, VDIHEADER1PLUS: LCHSGeometry")    \
    FIELD(VDI_LCHS_HEADS, "LCHSGeometry.cHeads", 460, 4, LE, "VDI, VDIHEADER1PLUS: LCHSGeometry")            \
    FIELD(VDI_LCHS_SECTORS, "LCHSGeometry.cSectors", 464, 4, LE, "VDI, VDIHEADER1PLUS: LCHSGeometry")        \
    FIELD(VDI_LCHS_SECTOR_SIZE, "LCHSGeometry.cbSector", 468, 4, LE, "VDI, VDIHEADER1PLUS: LCHSGeometry")    \
    FIELD(VDI_PADDING, "padding", 472, 40, RESERVED, "VDI, the rest of the header's sector")

LAYOUT(vdi_header, "VDI header", VDI_HEADER, 512);

/* VDIHEADER0, of VirtualBox before 1.1: the block map follows it at once, and the blocks follow the map. */
#define VDI_HEADER_0(FIELD)                                                                                  \
    FIELD(VDI_0_FILE_INFO, "szFileInfo", 0, 64, TEXT, "VDI, VDIPREHEADER: szFileInfo")                       \
    FIELD(VDI_0_SIGNATURE, "u32Signature", 64, 4, LE, "VDI, VDIPREHEADER: u32Signature")                     \
    FIELD(VDI_0_VERSION, "u32Version", 68, 4, LE, "VDI, VDIPREHEADER: u32Version")                           \
    FIELD(VDI_0_TYPE, "u32Type", 72, 4, LE, "VDI, VDIHEADER0: u32Type")                                      \
    FIELD(VDI_0_FLAGS, "fFlags", 76, 4, LE, "VDI, VDIHEADER0: fFlags")                                       \
    FIELD(VDI_0_COMMENT, "szComment", 80, 256, TEXT, "VDI, VDIHEADER0: szComment")                           \
    FIELD(VDI_0_CYLINDERS, "LegacyGeometry.cCylinders", 336, 4, LE, "VDI, VDIDISKGEOMETRY: cCylinders")      \
    FIELD(VDI_0_HEADS, "LegacyGeometry.cHeads", 340, 4, LE, "VDI, VDIDISKGEOMETRY: cHeads")                  \
    FIELD(VDI_0_SECTORS, "LegacyGeometry.cSectors", 344, 4, LE, "VDI, VDIDISKGEOMETRY: cSectors")            \
    FIELD(VDI_0_SECTOR_SIZE, "LegacyGeometry.cbSector", 348, 4, LE, "VDI, VDIDISKGEOMETRY: cbSector")        \
    FIELD(VDI_0_DISK_SIZE, "cbDisk", 352, 8, LE, "VDI, VDIHEADER0: cbDisk")                                  \
    FIELD(VDI_0_BLOCK_SIZE, "cbBlock", 360, 4, LE, "VDI, VDIHEADER0: cbBlock")                               \
    FIELD(VDI_0_BLOCKS, "cBlocks", 364, 4, LE, "VDI, VDIHEADER0: cBlocks")                                   \
    FIELD(VDI_0_BLOCKS_ALLOCATED, "cBlocksAllocated", 368, 4, LE, "VDI, VDIHEADER0: cBlocksAllocated")       \
    FIELD(VDI_0_UUID_CREATE, "uuidCreate", 372, 16, BYTES, "VDI, VDIHEADER0: uuidCreate")                    \
    FIELD(VDI_0_UUID_MODIFY, "uuidModify", 388, 16, BYTES, "VDI, VDIHEADER0: uuidModify")                    \
    FIELD(VDI_0_UUID_LINKAGE, "uuidLinkage", 404, 16, BYTES, "VDI, VDIHEADER0: uuidLinkage")

LAYOUT(vdi_header_0, "VDI header 0", VDI_HEADER_0, 420);

#define VDI_SIGNATURE_VALUE    UINT32_C(0xbeda107f)
#define VDI_VERSION_1_1        UINT32_C(0x00010001)
#define VDI_VERSION_0_1        UINT32_C(0x00000001)
#define VDI_PREHEADER_SIZE     72  /* cbHeader counts from here */
#define VDI_HEADER_SIZE_1      384 /* VDIHEADER1, and what QEMU writes: up to uuidParentModify */
#define VDI_HEADER_SIZE_PLUS   400 /* VDIHEADER1PLUS: with LCHSGeometry */
#define VDI_SECTOR_SIZE_VALUE  512
#define VDI_BLOCK_SIZE_DEFAULT (UINT32_C(1) << 20)

enum vdi_type {
    VDI_TYPE_NORMAL = 1,
    VDI_TYPE_FIXED = 2,
    VDI_TYPE_UNDO = 3,
    VDI_TYPE_DIFF = 4,
};

/* The block map, VDIIMAGEBLOCKPOINTER: an entry of 4 bytes for each block, counted from offData. */
#define VDI_MAP_ENTRY_SIZE 4
#define VDI_MAP_FREE       UINT32_C(0xffffffff) /* VDI_IMAGE_BLOCK_FREE: never written */
#define VDI_MAP_ZERO       UINT32_C(0xfffffffe) /* VDI_IMAGE_BLOCK_ZERO */

/* QEMU, block/vdi.c. */
#define VDI_BLOCKS_MAX UINT32_C(0x1fffffff) /* VDI_BLOCKS_IN_IMAGE_MAX; of 1 MiB, just under 512 TiB */

#endif
