/* What the parts of the VMDK checker share. The rules are those of specs/formats/vmdk.yaml.
 *
 * An image is a descriptor and its extents: in one file (monolithicSparse, streamOptimized), or a text file
 * with others beside it. A sparse extent that belongs to such a set may be checked alone, too. */
#ifndef CONFORMANCE_FORMATS_VMDK_VMDK_IMAGE_H
#define CONFORMANCE_FORMATS_VMDK_VMDK_IMAGE_H

#include "conformance/formats/check.h"
#include "specs/layouts/vmdk.h"

#define VMDK_DESCRIPTOR_BYTES_MAX 65536 /* of text; those of hundreds of extents have a quarter of that */
#define VMDK_EXTENTS_MAX          4096

enum vmdk_kind {
    VMDK_KIND_DATA = INTERVAL_KIND_DATA,
    VMDK_KIND_HEADER,
    VMDK_KIND_DESCRIPTOR,
    VMDK_KIND_GD,
    VMDK_KIND_GT,
    VMDK_KIND_RGD,
    VMDK_KIND_RGT,
    VMDK_KIND_FOOTER,
    VMDK_KIND_JOURNAL,
    VMDK_KIND_ALLOCATION,
    VMDK_KIND_GT_DONE, /* of seSparse, where all tables are claimed at once: one that an entry led to */
};

/* One line of "Extent description". */
struct vmdk_extent {
    uint64_t at; /* of the line in the file */
    uint64_t sectors;
    char type[16];
    char *name; /* NULL where the type has none; owned */
    bool has_offset;
    uint64_t offset; /* sectors in the file */
};

struct vmdk_descriptor {
    uint64_t at;                 /* of the text in the file */
    char *text;                  /* owned; NUL-terminated */
    char create_type[64];        /* "" when it is missing */
    uint64_t parent_cid;         /* VMDK_CID_NO_PARENT: none */
    char *parent_hint;           /* NULL: none; owned */
    bool has_parent_uuid;        /* VirtualBox names the parent by its UUID and by nothing else */
    struct vmdk_extent *extents; /* owned */
    size_t extent_count;
};

/* A sparse extent, hosted or COWD. Sizes are in sectors, as in the header. */
struct vmdk_sparse {
    struct check *check;
    struct record header; /* of the footer where that one counts */
    uint64_t file_size;   /* bytes */
    uint64_t capacity;
    uint64_t grain;
    uint32_t gtes;     /* entries of a grain table */
    bool has_overhead; /* metadata is in the overhead, grains are not */
    uint64_t overhead;
    uint64_t gd;
    unsigned gd_field; /* of the header: where it says where the grain directory is */
    uint64_t rgd;
    bool redundant; /* whether there is a redundant directory */
    bool compressed;
    bool markers;
    bool zeroed_grains;
    bool has_footer;
    uint64_t grains_found; /* that the grain tables lead to */
};

typedef void vmdk_check_extent_fn(struct vmdk_sparse *extent);

/* Whether the text is that of a descriptor, as far as its first bytes tell. */
bool vmdk_is_descriptor(const char *text, size_t length);
/* Parses `length` bytes at `at` of the source, and judges each line. Fields are owned by `ret_descriptor`. */
bool vmdk_read_descriptor(struct check *check, uint64_t at, uint64_t length,
                          struct vmdk_descriptor *ret_descriptor);
void vmdk_descriptor_fini(struct vmdk_descriptor *descriptor);
/* What the lines say together, about each other and about other files. */
void vmdk_check_descriptor(struct check *check, const struct vmdk_descriptor *descriptor);
void vmdk_parse_extent(struct check *check, struct vmdk_descriptor *descriptor, uint64_t at,
                       const char *line);

/* The header of a sparse extent, and of its footer; false when the tables cannot be found by it. */
bool vmdk_check_header(struct vmdk_sparse *extent);
/* Whether there is an end to the grain tables that the capacity needs; `field` of the header is to blame. */
bool vmdk_check_table_count(struct vmdk_sparse *extent, enum rule_index rule, unsigned field);
/* Grain directories and tables, and the grains. */
void vmdk_check_grains(struct vmdk_sparse *extent);
/* The markers of a stream-optimised extent. */
void vmdk_check_stream(struct vmdk_sparse *extent);
/* A whole sparse extent: all of the above. */
void vmdk_check_sparse(struct vmdk_sparse *extent);
/* The sparse extents of ESX, from `extent->check` on; `grain` stays 0 when the header is not usable. */
void vmdk_check_cowd(struct vmdk_sparse *extent);
void vmdk_check_sesparse(struct vmdk_sparse *extent);
/* Whether the file of an extent, if it has one, stands beside the descriptor; otherwise that is found. */
bool vmdk_extent_is_beside(struct check *check, const struct vmdk_extent *extent);
/* The files of a set. */
void vmdk_check_extents(struct check *check, const struct vmdk_descriptor *descriptor);

/* The map of the file, in sectors. */
void vmdk_start_map(struct vmdk_sparse *extent);
/* check_claim() by sectors. */
void vmdk_claim(struct vmdk_sparse *extent, enum vmdk_kind kind, uint64_t sector, uint64_t sectors,
                uint64_t at, const char *field);
/* Entries of a grain directory: one for each grain table that the capacity needs. */
uint64_t vmdk_gd_entries(const struct vmdk_sparse *extent);
/* Bytes of the grain at `lba` that the capacity leaves. */
uint64_t vmdk_grain_bytes(const struct vmdk_sparse *extent, uint64_t lba);

#endif
