/* What the parts of the qcow2 checker share. The rules are those of specs/formats/qcow2.yaml.
 *
 * The order of the check decides what can be said: the header, then every table (each claims its place in
 * the map, so that an overlap is seen whatever the refcounts say), then the L2 entries with the data that
 * they claim, and in the end the refcounts against the map. */
#ifndef CONFORMANCE_FORMATS_QCOW2_QCOW2_IMAGE_H
#define CONFORMANCE_FORMATS_QCOW2_QCOW2_IMAGE_H

#include "conformance/formats/check.h"
#include "specs/layouts/qcow2.h"

/* What a table's place in the map is for. */
enum qcow2_kind {
    QCOW2_KIND_DATA = INTERVAL_KIND_DATA,
    QCOW2_KIND_HEADER,
    QCOW2_KIND_REFTABLE,
    QCOW2_KIND_REFBLOCK,
    QCOW2_KIND_L1,
    QCOW2_KIND_L2,
    QCOW2_KIND_L2_DONE, /* an L2 table whose entries were gone through */
    QCOW2_KIND_SNAPSHOTS,
    QCOW2_KIND_SNAPSHOT_L1,
    QCOW2_KIND_BITMAP_DIRECTORY,
    QCOW2_KIND_BITMAP_TABLE,
    QCOW2_KIND_BITMAP_DATA,
    QCOW2_KIND_ENCRYPTION,
};

/* One L1 table and what hangs on it: the active one, or a snapshot's. */
struct qcow2_tree {
    uint64_t l1_offset;
    uint32_t l1_size; /* entries */
    bool active;
};

/* A stored refcount that is not the number of references. */
struct qcow2_refcount {
    uint64_t cluster;
    uint64_t stored;
};

#define QCOW2_ODD_REFCOUNTS_MAX 65536 /* more of them tell nothing new */

extern const struct check_kinds qcow2_kinds;

struct qcow2 {
    struct check *check;
    struct record header;
    uint32_t version;
    unsigned cluster_bits;
    uint64_t cluster_size; /* bytes */
    uint64_t size;         /* of the virtual disk, bytes */
    uint64_t file_size;    /* bytes */
    uint32_t header_length;
    uint64_t incompatible;
    uint64_t autoclear;
    unsigned refcount_order;
    bool has_backing;
    uint64_t extensions_end; /* where the header extensions end in the file */

    bool has_bitmaps;
    struct record bitmaps;
    bool has_encryption;
    struct record encryption;
    char *data_file; /* NULL: no name is stored; owned */

    struct qcow2_tree *trees; /* the active one first; owned */
    size_t tree_count;

    bool copied_in_doubt;                 /* whether the flags in the active tree must be gone through */
    struct qcow2_refcount *odd_refcounts; /* those that the map does not tell, by cluster; owned */
    size_t odd_refcount_count;
};

/* Reads the header and what derives from it. False when nothing more can be made of the image. */
bool qcow2_check_header(struct qcow2 *image);
/* The header extensions, and what they must not be without. */
void qcow2_check_extensions(struct qcow2 *image);
/* The names of other files. */
void qcow2_check_backing(struct qcow2 *image);
void qcow2_check_data_file(struct qcow2 *image);
/* Each of these claims the tables it knows, and judges their entries. */
void qcow2_check_reftable(struct qcow2 *image);
void qcow2_check_encryption(struct qcow2 *image);
void qcow2_check_snapshots(struct qcow2 *image);
void qcow2_check_bitmaps(struct qcow2 *image);
/* Before the snapshots, so that it is the first of the trees. */
void qcow2_check_active_l1(struct qcow2 *image);
/* The entries of all L1 tables: claims the L2 tables. */
void qcow2_check_trees(struct qcow2 *image);
/* Goes through all L2 tables, and claims the data. */
void qcow2_check_l2(struct qcow2 *image);
/* Holds every stored refcount to the map. */
void qcow2_check_refcounts(struct qcow2 *image);

/* The flags that say that a refcount is exactly one, in the active tree. */
void qcow2_check_copied(struct qcow2 *image);

void qcow2_note_refcount(struct qcow2 *image, uint64_t cluster, uint64_t stored);
/* Adds a tree whose L1 table lies in the file. */
void qcow2_add_tree(struct qcow2 *image, uint64_t l1_offset, uint32_t l1_size, bool active);
/* One entry of a table, at `at`; false ends the walk. */
typedef bool qcow2_entry_fn(struct qcow2 *image, uint64_t at, uint64_t entry, void *context);
/* Calls `fn` for each entry that is not zero, of `count` from `offset` on. False when they cannot be read, or
 * `fn` ended the walk. */
bool qcow2_each_entry(struct qcow2 *image, uint64_t offset, uint64_t count, qcow2_entry_fn *fn,
                      void *context);
/* The rules about where a table is whose offset a field has. */
struct qcow2_bounds {
    enum rule_index unaligned;
    enum rule_index past_end;
};
/* Whether the table of `length` bytes whose offset is in `field` begins on a cluster boundary and is wholly
 * in the file; otherwise that is found. */
bool qcow2_check_table(struct qcow2 *image, const struct qcow2_bounds *bounds, const struct record *record,
                       unsigned field, uint64_t length);
/* What the entries of a table lead to: clusters, and the rules about where they are. */
struct qcow2_target {
    const char *entry;  /* "L1 table entry" */
    const char *target; /* "the L2 table" */
    enum rule_index unaligned;
    enum rule_index past_end;
};
/* The same of the cluster at `offset` that an entry at `at` leads to. */
bool qcow2_check_target(struct qcow2 *image, const struct qcow2_target *target, uint64_t at, uint64_t offset);
bool qcow2_is_aligned(const struct qcow2 *image, uint64_t offset);
/* Entries that an L1 table needs for a disk of `size` bytes. */
uint64_t qcow2_l1_needed(const struct qcow2 *image, uint64_t size);
/* L2 entries that one L2 table holds. */
uint64_t qcow2_l2_entries(const struct qcow2 *image);

/* One L2 entry of a compressed cluster at `at`, of a table that `times` L1 entries lead to. */
void qcow2_check_compressed(struct qcow2 *image, uint64_t at, uint64_t entry, uint32_t times);

#endif
