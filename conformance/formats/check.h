/* Checking one image: what every format's checker is given, and how it reads and reports. */
#ifndef CONFORMANCE_FORMATS_CHECK_H
#define CONFORMANCE_FORMATS_CHECK_H

#include "conformance/formats/interval_map.h"
#include "conformance/formats/record.h"
#include "conformance/formats/report.h"
#include "conformance/formats/source.h"

struct check_options {
    bool deep; /* inflate everything that is compressed */
    bool dump; /* keep every field that is read, for people */
};

struct deep; /* what waits to be inflated: deep.h */

/* What a format calls those who own places in its map. */
struct check_kinds {
    const char *const *texts; /* by kind, as in "overlaps the header"; that of data is the first */
    enum rule_index overlap;  /* of tables: broken where two of them lie in one place */
};

struct check {
    struct source *source;
    struct report *report;
    struct interval_map *map;        /* NULL until the format knows its unit; owned by the check */
    const struct check_kinds *kinds; /* NULL where the map has data only */
    struct deep *deep;               /* NULL until something is inflated; owned by the check */
    const struct check_options *options;
    const char *file; /* a further file of the image that is being read; NULL: the image itself */
    struct err *err;  /* set by a checker that cannot judge: a bound of ours was reached */
};

/* One image format: conformance/formats/<name>/<name>.c defines `const struct format format_<name>`,
 * formats.def has its line. */
struct format {
    const char *name; /* as `qemu-img -f` takes it */
    /* How many bits of the source were seen to be those of this format; 0: not this format. It does not rest
     * on a magic number alone, so that an image whose magic is damaged is still recognised. */
    unsigned (*probe)(struct source *source);
    void (*check)(struct check *check);
};

void check_find(struct check *check, enum rule_index rule, uint64_t offset, const char *field,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A finding about one field of a structure. */
void check_find_field(struct check *check, enum rule_index rule, const struct record *record, unsigned field,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Reads a structure; false when it does not lie in the source or cannot be read. */
bool check_read(struct check *check, const struct layout *layout, uint64_t offset, struct record *ret_record);
/* As check_read(), of a structure that the layout describes longer than it is: the first `length` bytes are
 * read, fields beyond read as zero. */
bool check_read_part(struct check *check, const struct layout *layout, uint64_t offset, size_t length,
                     struct record *ret_record);

/* One entry of a table, which stands at `at`; false ends the walk. */
typedef bool check_entry_fn(void *context, uint64_t index, uint64_t at, const uint8_t *entry);
/* Calls `fn` for each of `count` entries of `size` bytes, 4 or 8, from `offset` on; they are read in parts.
 * False when they cannot be read, or `fn` ended the walk. */
bool check_each_entry(struct check *check, uint64_t offset, uint64_t count, size_t size, check_entry_fn *fn,
                      void *context);

/* Makes the map, in units of `unit_bytes`. `kinds` lives as long as the check. */
void check_start_map(struct check *check, uint32_t unit_bytes, const struct check_kinds *kinds);
/* Who owns a place of that kind. Borrowed. */
const char *check_kind_text(const struct check *check, unsigned kind);
/* Claims a table's place; an overlap with another one is a finding about `field` at `at`, where the place is
 * named. False then: who goes on to read such tables must read each once, or a file of a few tables could
 * keep a check busy for as long as it likes. */
bool check_claim(struct check *check, unsigned kind, uint64_t offset, uint64_t length, uint64_t at,
                 const char *field);

/* Another file that the image needs; it is opened only by who was asked to follow. */
void check_reference(struct check *check, const char *name);
void check_set_size(struct check *check, uint64_t virtual_size);
void check_option_text(struct check *check, const char *name, const char *value);
void check_option_number(struct check *check, const char *name, uint64_t value);
void check_option_flag(struct check *check, const char *name, bool value);

#endif
