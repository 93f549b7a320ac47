/* LUKS version 1, which a qcow2 image may carry. All numbers are big-endian.
 * Source: C. Fruhwirth, "LUKS On-Disk Format Specification", version 1.2.3, by its figures. */
#ifndef SPECS_LAYOUTS_LUKS_H
#define SPECS_LAYOUTS_LUKS_H

#include "specs/layouts/layout.h"

/* Figure "PHDR layout". */
#define LUKS_HEADER(FIELD)                                                                                   \
    FIELD(LUKS_MAGIC, "magic", 0, 6, BYTES, "LUKS, PHDR layout: magic")                                      \
    FIELD(LUKS_VERSION, "version", 6, 2, BE, "LUKS, PHDR layout: version")                                   \
    FIELD(LUKS_CIPHER_NAME, "cipher-name", 8, 32, TEXT, "LUKS, PHDR layout: cipher-name")                    \
    FIELD(LUKS_CIPHER_MODE, "cipher-mode", 40, 32, TEXT, "LUKS, PHDR layout: cipher-mode")                   \
    FIELD(LUKS_HASH_SPEC, "hash-spec", 72, 32, TEXT, "LUKS, PHDR layout: hash-spec")                         \
    FIELD(LUKS_PAYLOAD_OFFSET, "payload-offset", 104, 4, BE, "LUKS, PHDR layout: payload-offset")            \
    FIELD(LUKS_KEY_BYTES, "key-bytes", 108, 4, BE, "LUKS, PHDR layout: key-bytes")                           \
    FIELD(LUKS_MK_DIGEST, "mk-digest", 112, 20, BYTES, "LUKS, PHDR layout: mk-digest")                       \
    FIELD(LUKS_MK_DIGEST_SALT, "mk-digest-salt", 132, 32, BYTES, "LUKS, PHDR layout: mk-digest-salt")        \
    FIELD(LUKS_MK_DIGEST_ITER, "mk-digest-iter", 164, 4, BE, "LUKS, PHDR layout: mk-digest-iter")            \
    FIELD(LUKS_UUID, "uuid", 168, 40, TEXT, "LUKS, PHDR layout: uuid")                                       \
    FIELD(LUKS_KEY_SLOTS, "key-slots", 208, 384, BYTES, "LUKS, PHDR layout: key-slot-1 to key-slot-8")

LAYOUT(luks_header, "LUKS header", LUKS_HEADER, 592);

#define LUKS_MAGIC_BYTES   "LUKS\xba\xbe"
#define LUKS_VERSION_1     1
#define LUKS_SECTOR_SIZE   512
#define LUKS_SLOTS         8
#define LUKS_STRIPES       4000
#define LUKS_SLOT_ENABLED  UINT32_C(0x00ac71f3)
#define LUKS_SLOT_DISABLED UINT32_C(0x0000dead)

/* Figure "Key slot layout". */
#define LUKS_SLOT(FIELD)                                                                                     \
    FIELD(LUKS_SLOT_ACTIVE, "active", 0, 4, BE, "LUKS, key slot layout: active")                             \
    FIELD(LUKS_SLOT_ITERATIONS, "iterations", 4, 4, BE, "LUKS, key slot layout: iterations")                 \
    FIELD(LUKS_SLOT_SALT, "salt", 8, 32, BYTES, "LUKS, key slot layout: salt")                               \
    FIELD(LUKS_SLOT_KEY_OFFSET, "key-material-offset", 40, 4, BE,                                            \
          "LUKS, key slot layout: key-material-offset")                                                      \
    FIELD(LUKS_SLOT_STRIPES, "stripes", 44, 4, BE, "LUKS, key slot layout: stripes")

LAYOUT(luks_slot, "LUKS key slot", LUKS_SLOT, 48);

#endif
