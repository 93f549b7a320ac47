/* What the parts of the VHD checker share. The rules are those of specs/formats/vpc.yaml. */
#ifndef CONFORMANCE_FORMATS_VPC_VPC_IMAGE_H
#define CONFORMANCE_FORMATS_VPC_VPC_IMAGE_H

#include "conformance/formats/check.h"
#include "specs/layouts/vpc.h"

enum vpc_kind {
    VPC_KIND_DATA = INTERVAL_KIND_DATA,
    VPC_KIND_COPY,
    VPC_KIND_FOOTER,
    VPC_KIND_DYNAMIC,
    VPC_KIND_BAT,
    VPC_KIND_LOCATOR,
};

extern const struct check_kinds vpc_kinds;

struct vpc {
    struct check *check;
    uint64_t file_size;     /* bytes */
    struct record footer;   /* the one at the end; its copy where that is missing */
    uint64_t footer_offset; /* of the one at the end: where it is or ought to be */
    uint64_t disk_type;
    uint64_t size; /* of the virtual disk, bytes */
    struct record dynamic;
};

/* Finds the footer and judges it and its copy; false when there is none. */
bool vpc_check_footer(struct vpc *image);
/* The dynamic disk header; false when nothing can be made of the blocks. */
bool vpc_check_dynamic(struct vpc *image);
void vpc_check_parent(struct vpc *image);
void vpc_check_blocks(struct vpc *image);

/* One's complement of the sum of all bytes but those of the checksum itself: "Checksum" in both headers. */
uint32_t vpc_checksum(const struct record *record, unsigned checksum_field);

#endif
