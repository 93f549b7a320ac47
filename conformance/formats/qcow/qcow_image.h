/* What the parts of the qcow checker share. The rules are those of specs/formats/qcow.yaml. */
#ifndef CONFORMANCE_FORMATS_QCOW_QCOW_IMAGE_H
#define CONFORMANCE_FORMATS_QCOW_QCOW_IMAGE_H

#include "conformance/formats/check.h"
#include "specs/layouts/qcow.h"

enum qcow_kind {
    QCOW_KIND_DATA = INTERVAL_KIND_DATA,
    QCOW_KIND_HEADER,
    QCOW_KIND_L1,
    QCOW_KIND_L2,
};

struct qcow {
    struct check *check;
    struct record header;
    uint64_t file_size;    /* bytes */
    uint64_t size;         /* of the virtual disk, bytes */
    uint64_t cluster_size; /* bytes */
    uint64_t l2_entries;
    uint64_t name_offset; /* of the backing file; 0: there is none */
    uint64_t name_length;
    uint64_t l1_offset;
    uint64_t l1_entries;
    struct interval_map *packed; /* what compressed clusters fill, in small units; owned */
    uint8_t *table;              /* buffer for one L2 table; owned */
};

/* The header and the name of the backing file; false when nothing more can be made of the image. */
bool qcow_check_header(struct qcow *image);

#endif
