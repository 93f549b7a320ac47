/* What an on-disk structure consists of, as data. Each header beside this one lists the fields of one
 * format's structures in the order of the specification, with the place that says so; from the list come
 *
 * - the index of each field, `QCOW2_VERSION`, into the table of its structure;
 * - its offset from the start of the structure, `QCOW2_VERSION_AT`;
 * - the table itself, `qcow2_header_fields`, and the structure, `qcow2_header`.
 *
 * Facts only: reading belongs to the checkers, writing to the builders, and each does it in its own way, so
 * that a mistake of one is not repeated by the other. */
#ifndef SPECS_LAYOUTS_LAYOUT_H
#define SPECS_LAYOUTS_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

enum layout_kind {
    LAYOUT_BE,       /* unsigned number of width 1, 2, 4 or 8, most significant byte first */
    LAYOUT_LE,       /* the same, least significant byte first */
    LAYOUT_BYTES,    /* opaque: a UUID, a salt, an array of further structures */
    LAYOUT_TEXT,     /* characters, padded as the source says */
    LAYOUT_RESERVED, /* bytes without a meaning yet, to be written as zero */
};

struct layout_field {
    const char *name; /* as the specification writes it */
    uint32_t offset;  /* bytes from the start of the structure */
    uint32_t width;   /* bytes */
    enum layout_kind kind;
    const char *source; /* document and section */
};

struct layout {
    const char *name;
    const struct layout_field *fields; /* in order of offset, without gaps and overlaps */
    size_t count;
    uint32_t size; /* bytes; the fields cover all of them */
};

/* LAYOUT(qcow2_header, "name", QCOW2_HEADER, size): `QCOW2_HEADER(FIELD)` is a list of
 * FIELD(ID, "name", offset, width, kind, "source"). */
#define LAYOUT(id, title, LIST, bytes)                                                                       \
    enum id##_index{LIST(LAYOUT_INDEX_) id##_count};                                                         \
    enum id##_offset{LIST(LAYOUT_OFFSET_)};                                                                  \
    static const struct layout_field id##_fields[id##_count]                                                 \
        __attribute__((unused)) = {LIST(LAYOUT_FIELD_)};                                                     \
    static const struct layout id __attribute__((unused)) = {title, id##_fields, id##_count, bytes}

#define LAYOUT_INDEX_(id, name, offset, width, kind, source)  id,
#define LAYOUT_OFFSET_(id, name, offset, width, kind, source) id##_AT = (offset),
#define LAYOUT_FIELD_(id, name, offset, width, kind, source)  {name, offset, width, LAYOUT_##kind, source},

#endif
