/* VHD, which QEMU calls vpc. All numbers are big-endian.
 * Source: "Virtual Hard Disk Image Format Specification", version 1.0 (Microsoft, October 2006), by the names
 * of its sections. */
#ifndef SPECS_LAYOUTS_VPC_H
#define SPECS_LAYOUTS_VPC_H

#include "specs/layouts/layout.h"

/* Section "Hard Disk Footer Format". Also the copy at the start of dynamic and differencing disks. */
#define VPC_FOOTER(FIELD)                                                                                    \
    FIELD(VPC_COOKIE, "Cookie", 0, 8, TEXT, "VHD, Hard Disk Footer Format: Cookie")                          \
    FIELD(VPC_FEATURES, "Features", 8, 4, BE, "VHD, Hard Disk Footer Format: Features")                      \
    FIELD(VPC_FILE_FORMAT_VERSION, "File Format Version", 12, 4, BE,                                         \
          "VHD, Hard Disk Footer Format: File Format Version")                                               \
    FIELD(VPC_DATA_OFFSET, "Data Offset", 16, 8, BE, "VHD, Hard Disk Footer Format: Data Offset")            \
    FIELD(VPC_TIME_STAMP, "Time Stamp", 24, 4, BE, "VHD, Hard Disk Footer Format: Time Stamp")               \
    FIELD(VPC_CREATOR_APPLICATION, "Creator Application", 28, 4, TEXT,                                       \
          "VHD, Hard Disk Footer Format: Creator Application")                                               \
    FIELD(VPC_CREATOR_VERSION, "Creator Version", 32, 4, BE,                                                 \
          "VHD, Hard Disk Footer Format: Creator Version")                                                   \
    FIELD(VPC_CREATOR_HOST_OS, "Creator Host OS", 36, 4, TEXT,                                               \
          "VHD, Hard Disk Footer Format: Creator Host OS")                                                   \
    FIELD(VPC_ORIGINAL_SIZE, "Original Size", 40, 8, BE, "VHD, Hard Disk Footer Format: Original Size")      \
    FIELD(VPC_CURRENT_SIZE, "Current Size", 48, 8, BE, "VHD, Hard Disk Footer Format: Current Size")         \
    FIELD(VPC_CYLINDERS, "Disk Geometry: Cylinder", 56, 2, BE,                                               \
          "VHD, Hard Disk Footer Format: Disk Geometry")                                                     \
    FIELD(VPC_HEADS, "Disk Geometry: Heads", 58, 1, BE, "VHD, Hard Disk Footer Format: Disk Geometry")       \
    FIELD(VPC_SECTORS_PER_TRACK, "Disk Geometry: Sectors per track/cylinder", 59, 1, BE,                     \
          "VHD, Hard Disk Footer Format: Disk Geometry")                                                     \
    FIELD(VPC_DISK_TYPE, "Disk Type", 60, 4, BE, "VHD, Hard Disk Footer Format: Disk Type")                  \
    FIELD(VPC_CHECKSUM, "Checksum", 64, 4, BE, "VHD, Hard Disk Footer Format: Checksum")                     \
    FIELD(VPC_UNIQUE_ID, "Unique Id", 68, 16, BYTES, "VHD, Hard Disk Footer Format: Unique ID")              \
    FIELD(VPC_SAVED_STATE, "Saved State", 84, 1, BE, "VHD, Hard Disk Footer Format: Saved State")            \
    FIELD(VPC_FOOTER_RESERVED, "Reserved", 85, 427, RESERVED, "VHD, Hard Disk Footer Format: Reserved")

LAYOUT(vpc_footer, "VHD footer", VPC_FOOTER, 512);

#define VPC_FOOTER_COOKIE "conectix"
#define VPC_FOOTER_SIZE_OLD                                                                                  \
    511 /* made before Microsoft Virtual PC 2004: section "Hard Disk Footer Format"                          \
         */
#define VPC_FILE_FORMAT_VERSION_1_0 UINT32_C(0x00010000)
#define VPC_DATA_OFFSET_FIXED       UINT64_C(0xffffffffffffffff)
#define VPC_TIME_STAMP_EPOCH        946684800 /* Unix time of 1 January 2000, 12:00:00 AM, UTC */
#define VPC_SECTOR_SIZE             512
#define VPC_CREATOR_SIZE            4
#define VPC_CREATOR_VIRTUAL_PC      "vpc "
#define VPC_CREATOR_VIRTUALBOX      "vbox"
/* Features; all other bits are reserved. */
#define VPC_FEATURE_TEMPORARY UINT32_C(0x00000001)
#define VPC_FEATURE_RESERVED  UINT32_C(0x00000002) /* must always be set */

enum vpc_disk_type {
    VPC_DISK_FIXED = 2,
    VPC_DISK_DYNAMIC = 3,
    VPC_DISK_DIFFERENCING = 4,
};

/* Appendix "CHS Calculation". */
#define VPC_CHS_SECTORS_MAX       UINT64_C(267382800) /* 65535 * 16 * 255 */
#define VPC_CYLINDERS_MAX         65535
#define VPC_CYLINDERS_ATA_MAX     16383 /* of ATA-5, where larger disks say no more; VirtualBox, VD.cpp */
#define VPC_HEADS_MAX             16
#define VPC_SECTORS_PER_TRACK_MAX 255
#define VPC_CHS_LARGE_FROM        (UINT64_C(65535) * 16 * 63) /* sectors from which a track has 255 */
#define VPC_SIZE_MAX              (UINT64_C(2040) << 30) /* bytes; Virtual Server's limit, and QEMU's VHD_MAX_SECTORS */

/* Section "Dynamic Disk Header Format". */
#define VPC_DYNAMIC(FIELD)                                                                                   \
    FIELD(VPC_DYNAMIC_COOKIE, "Cookie", 0, 8, TEXT, "VHD, Dynamic Disk Header Format: Cookie")               \
    FIELD(VPC_DYNAMIC_DATA_OFFSET, "Data Offset", 8, 8, BE, "VHD, Dynamic Disk Header Format: Data Offset")  \
    FIELD(VPC_TABLE_OFFSET, "Table Offset", 16, 8, BE, "VHD, Dynamic Disk Header Format: Table Offset")      \
    FIELD(VPC_HEADER_VERSION, "Header Version", 24, 4, BE,                                                   \
          "VHD, Dynamic Disk Header Format: Header Version")                                                 \
    FIELD(VPC_MAX_TABLE_ENTRIES, "Max Table Entries", 28, 4, BE,                                             \
          "VHD, Dynamic Disk Header Format: Max Table Entries")                                              \
    FIELD(VPC_BLOCK_SIZE, "Block Size", 32, 4, BE, "VHD, Dynamic Disk Header Format: Block Size")            \
    FIELD(VPC_DYNAMIC_CHECKSUM, "Checksum", 36, 4, BE, "VHD, Dynamic Disk Header Format: Checksum")          \
    FIELD(VPC_PARENT_UNIQUE_ID, "Parent Unique ID", 40, 16, BYTES,                                           \
          "VHD, Dynamic Disk Header Format: Parent Unique ID")                                               \
    FIELD(VPC_PARENT_TIME_STAMP, "Parent Time Stamp", 56, 4, BE,                                             \
          "VHD, Dynamic Disk Header Format: Parent Time Stamp")                                              \
    FIELD(VPC_DYNAMIC_RESERVED, "Reserved", 60, 4, RESERVED, "VHD, Dynamic Disk Header Format: Reserved")    \
    FIELD(VPC_PARENT_UNICODE_NAME, "Parent Unicode Name", 64, 512, BYTES,                                    \
          "VHD, Dynamic Disk Header Format: Parent Unicode Name")                                            \
    FIELD(VPC_PARENT_LOCATORS, "Parent Locator Entries", 576, 192, BYTES,                                    \
          "VHD, Dynamic Disk Header Format: Parent Locator Entries")                                         \
    FIELD(VPC_DYNAMIC_RESERVED_2, "Reserved", 768, 256, RESERVED,                                            \
          "VHD, Dynamic Disk Header Format: Reserved (256 bytes)")

LAYOUT(vpc_dynamic, "VHD dynamic disk header", VPC_DYNAMIC, 1024);

#define VPC_DYNAMIC_COOKIE_VALUE      "cxsparse"
#define VPC_DYNAMIC_DATA_OFFSET_VALUE UINT64_C(0xffffffffffffffff)
#define VPC_HEADER_VERSION_1_0        UINT32_C(0x00010000)
#define VPC_BLOCK_SIZE_DEFAULT        (UINT32_C(2) << 20)

/* Section "Dynamic Disk Header Format", parent locator entry. */
#define VPC_LOCATOR(FIELD)                                                                                   \
    FIELD(VPC_LOCATOR_CODE, "Platform Code", 0, 4, BE, "VHD, Parent Locator Entry: Platform Code")           \
    FIELD(VPC_LOCATOR_SPACE, "Platform Data Space", 4, 4, BE,                                                \
          "VHD, Parent Locator Entry: Platform Data Space")                                                  \
    FIELD(VPC_LOCATOR_LENGTH, "Platform Data Length", 8, 4, BE,                                              \
          "VHD, Parent Locator Entry: Platform Data Length")                                                 \
    FIELD(VPC_LOCATOR_RESERVED, "Reserved", 12, 4, RESERVED, "VHD, Parent Locator Entry: Reserved")          \
    FIELD(VPC_LOCATOR_OFFSET, "Platform Data Offset", 16, 8, BE,                                             \
          "VHD, Parent Locator Entry: Platform Data Offset")

LAYOUT(vpc_locator, "VHD parent locator", VPC_LOCATOR, 24);

#define VPC_LOCATORS          8
#define VPC_LOCATOR_NONE      UINT32_C(0)
#define VPC_LOCATOR_WI2R      UINT32_C(0x57693272)
#define VPC_LOCATOR_WI2K      UINT32_C(0x5769326b)
#define VPC_LOCATOR_W2RU      UINT32_C(0x57327275)
#define VPC_LOCATOR_W2KU      UINT32_C(0x57326b75)
#define VPC_LOCATOR_MAC_ALIAS UINT32_C(0x4d616320)
#define VPC_LOCATOR_MAC_URL   UINT32_C(0x4d616358)

/* Section "Block Allocation Table and Data Blocks": entries of 4 bytes, absolute sector numbers; a block is
 * its sector bitmap, padded to a sector, and its data. */
#define VPC_BAT_ENTRY_SIZE 4
#define VPC_BAT_UNUSED     UINT32_C(0xffffffff)

#endif
