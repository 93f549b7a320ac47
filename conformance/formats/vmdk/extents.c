/* The extents that a descriptor lists: section "Extent Description", and what their files must be. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "conformance/formats/check_image.h"
#include "conformance/formats/vmdk/vmdk_image.h"

#define SPLIT_SECTORS_MAX (VMDK_SPLIT_EXTENT_MAX / VMDK_SECTOR_SIZE)

/* ---- One line ----------------------------------------------------------------------------------------- */

static bool type_is(const struct vmdk_extent *extent, const char *type)
{
    return strcmp(extent->type, type) == 0;
}

static bool is_flat(const struct vmdk_extent *extent)
{
    return type_is(extent, "FLAT") || type_is(extent, "VMFS");
}

static bool is_known_type(const struct vmdk_extent *extent)
{
    static const char *const known[] = {"FLAT",       "SPARSE",  "ZERO",    "VMFS",
                                        "VMFSSPARSE", "VMFSRDM", "VMFSRAW", "SESPARSE"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (type_is(extent, known[i]))
            return true;
    }
    return false;
}

/* The line is taken apart from its start on; `rest` is what is left. */
struct cursor {
    const char *rest;
};

/* The next word, up to a blank; "" at the end, and when it is too long for what it may be. */
static void take_word(struct cursor *cursor, char *word, size_t size)
{
    const char *start = cursor->rest + strspn(cursor->rest, " \t");
    size_t length = strcspn(start, " \t");
    cursor->rest = start + length;
    snprintf(word, size, "%.*s", length < size ? (int)length : 0, start);
}

static bool take_number(struct cursor *cursor, uint64_t *ret_number)
{
    char word[24];
    take_word(cursor, word, sizeof word);
    return number_parse_u64(word, ret_number);
}

/* The text between quotes, owned; NULL when there are none. */
static char *take_quoted(struct cursor *cursor)
{
    const char *start = cursor->rest + strspn(cursor->rest, " \t");
    if (*start != '"')
        return NULL;
    size_t length = strcspn(start + 1, "\"");
    if (start[1 + length] != '"' || length == 0)
        return NULL;
    cursor->rest = start + length + 2;
    return mem_dup_n(start + 1, length);
}

/* `RW 2048 FLAT "name" 0`: what is there beyond the type depends on the type. VMware Workstation names the
 * partition of a device after its offset: partitionUUID and a name. */
static bool is_complete(const struct vmdk_extent *extent, const char *rest)
{
    static const char partition[] = "partitionUUID ";
    const char *more = rest + strspn(rest, " \t");
    bool is_partition = type_is(extent, "FLAT") && strncmp(more, partition, sizeof partition - 1) == 0;
    if (!is_known_type(extent) || (*more != '\0' && !is_partition))
        return false;
    if (type_is(extent, "ZERO"))
        return !extent->name;
    if (type_is(extent, "FLAT"))
        return extent->name && extent->has_offset;
    return extent->name && (!extent->has_offset || type_is(extent, "VMFS") || extent->offset == 0);
}

static bool parse_line(const char *line, struct vmdk_extent *extent)
{
    struct cursor cursor = {line};
    char access[16];
    take_word(&cursor, access, sizeof access);
    if (!take_number(&cursor, &extent->sectors))
        return false;
    take_word(&cursor, extent->type, sizeof extent->type);
    extent->name = take_quoted(&cursor);
    struct cursor after = cursor;
    if (extent->name && take_number(&after, &extent->offset)) {
        extent->has_offset = true;
        cursor = after;
    }
    return is_complete(extent, cursor.rest);
}

void vmdk_parse_extent(struct check *check, struct vmdk_descriptor *descriptor, uint64_t at, const char *line)
{
    struct vmdk_extent extent = {.at = at};
    if (!parse_line(line, &extent) || descriptor->extent_count >= VMDK_EXTENTS_MAX ||
        extent.sectors > UINT64_MAX / VMDK_SECTOR_SIZE / VMDK_EXTENTS_MAX ||
        extent.offset > UINT64_MAX / VMDK_SECTOR_SIZE / 2) {
        check_find(check, RULE_VMDK_EXTENT_LINE, at, "extent", "is no extent: %.80s", line);
        free(extent.name);
        return;
    }
    if (extent.sectors == 0)
        check_find(check, RULE_VMDK_EXTENT_SIZE, at, "extent", "has no sectors: %.80s", line);
    *mem_append(&descriptor->extents, &descriptor->extent_count) = extent;
}

/* ---- All lines together ------------------------------------------------------------------------------- */

/* What the types of images are made of. */
static const struct {
    const char *create_type;
    const char *extent_type;
    bool single;
    bool split; /* at most 2 GiB each */
} kinds[] = {
    {"monolithicSparse", "SPARSE", true, false}, {"streamOptimized", "SPARSE", true, false},
    {"monolithicFlat", "FLAT", true, false},     {"twoGbMaxExtentSparse", "SPARSE", false, true},
    {"twoGbMaxExtentFlat", "FLAT", false, true}, {"vmfs", "VMFS", true, false},
    {"vmfsSparse", "VMFSSPARSE", true, false},   {"seSparse", "SESPARSE", true, false},
};

static void check_kind(struct check *check, const struct vmdk_descriptor *descriptor)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (strcmp(kinds[k].create_type, descriptor->create_type) != 0)
            continue;
        if (kinds[k].single && descriptor->extent_count > 1)
            check_find(check, RULE_VMDK_DESCRIPTOR_KIND, descriptor->extents[1].at, "extent",
                       "%s has one extent, not %zu", descriptor->create_type, descriptor->extent_count);
        for (size_t i = 0; i < descriptor->extent_count; i++) {
            const struct vmdk_extent *extent = &descriptor->extents[i];
            if (!type_is(extent, kinds[k].extent_type))
                check_find(check, RULE_VMDK_DESCRIPTOR_KIND, extent->at, "extent",
                           "%s has extents of type %s, not %s", descriptor->create_type, kinds[k].extent_type,
                           extent->type);
            if (kinds[k].split && extent->sectors > SPLIT_SECTORS_MAX)
                check_find(check, RULE_VMDK_EXTENT_TOO_LARGE, extent->at, "extent",
                           "%" PRIu64 " sectors are more than 2 GiB", extent->sectors);
        }
    }
}

static void check_parent(struct check *check, const struct vmdk_descriptor *descriptor)
{
    bool has_parent = descriptor->parent_cid != VMDK_CID_NO_PARENT;
    if (!descriptor->parent_hint && descriptor->has_parent_uuid)
        check_find(check, RULE_VMDK_PARENT_FILE, descriptor->at, "ddb.uuid.parent",
                   "the parent is named by its UUID");
    else if (has_parent != (descriptor->parent_hint != NULL))
        check_find(check, RULE_VMDK_PARENT_HINT, descriptor->at, "parentFileNameHint",
                   has_parent ? "is missing, but parentCID names a parent"
                              : "is there, but parentCID names no parent");
    if (!descriptor->parent_hint)
        return;
    check_option_text(check, "backing_file", descriptor->parent_hint);
    check_reference(check, descriptor->parent_hint);
    check_find(check, RULE_VMDK_PARENT_FILE, descriptor->at, "parentFileNameHint", "the parent is %s",
               descriptor->parent_hint);
}

/* Two extents of one file must not have sectors in common. */
static void check_shared(struct check *check, const struct vmdk_descriptor *descriptor, size_t index)
{
    const struct vmdk_extent *a = &descriptor->extents[index];
    for (size_t i = 0; i < index; i++) {
        const struct vmdk_extent *b = &descriptor->extents[i];
        if (!a->name || !b->name || strcmp(a->name, b->name) != 0)
            continue;
        bool apart = is_flat(a) && is_flat(b) &&
                     (a->offset >= b->offset + b->sectors || b->offset >= a->offset + a->sectors);
        if (!apart)
            check_find(check, RULE_VMDK_EXTENT_SHARED, a->at, "extent",
                       "has sectors of %s that another extent has, too", a->name);
    }
}

void vmdk_check_descriptor(struct check *check, const struct vmdk_descriptor *descriptor)
{
    uint64_t sectors = 0;
    if (descriptor->extent_count == 0)
        check_find(check, RULE_VMDK_EXTENT_NONE, descriptor->at, "descriptor", "there is no extent");
    for (size_t i = 0; i < descriptor->extent_count; i++) {
        sectors += descriptor->extents[i].sectors;
        check_shared(check, descriptor, i);
    }
    if (*descriptor->create_type)
        check_option_text(check, "subformat", descriptor->create_type);
    check_set_size(check, sectors * VMDK_SECTOR_SIZE);
    check_kind(check, descriptor);
    check_parent(check, descriptor);
}

/* ---- Their files -------------------------------------------------------------------------------------- */

static void check_flat_file(struct check *check, const struct vmdk_extent *extent, struct source *file)
{
    uint64_t needed = (extent->offset + extent->sectors) * VMDK_SECTOR_SIZE;
    if (source_size(file) < needed)
        check_find(check, RULE_VMDK_EXTENT_TOO_SHORT, extent->at, "extent",
                   "%s has %" PRIu64 " bytes, the extent needs %" PRIu64, extent->name, source_size(file),
                   needed);
    else if (source_size(file) > needed && extent->offset == 0)
        check_find(check, RULE_VMDK_EXTENT_TOO_LONG, extent->at, "extent",
                   "%s has %" PRIu64 " bytes, the extent needs only %" PRIu64, extent->name,
                   source_size(file), needed);
}

/* The extent has a gate and a map of its own, and shares the report. */
static void check_sparse_file(struct check *check, const struct vmdk_extent *extent, struct source *file,
                              vmdk_check_extent_fn *check_extent)
{
    struct check part = *check;
    part.source = file;
    part.map = NULL;
    part.deep = NULL;
    part.file = extent->name;
    struct vmdk_sparse sparse = {.check = &part};
    check_extent(&sparse);
    check_option_flag(check, "zeroed_grain", sparse.zeroed_grains);
    if (sparse.grain > 0 && sparse.capacity != extent->sectors)
        check_find(check, RULE_VMDK_EXTENT_CAPACITY, extent->at, "extent",
                   "has %" PRIu64 " sectors, the header of %s says %" PRIu64, extent->sectors, extent->name,
                   sparse.capacity);
    check_part_done(check, &part);
}

/* NULL: the type has no header. */
static vmdk_check_extent_fn *sparse_check_of(const struct vmdk_extent *extent)
{
    static const struct {
        const char *type;
        vmdk_check_extent_fn *check;
    } sparse[] = {
        {"SPARSE", vmdk_check_sparse}, {"VMFSSPARSE", vmdk_check_cowd}, {"SESPARSE", vmdk_check_sesparse}};
    for (size_t i = 0; i < sizeof sparse / sizeof *sparse; i++) {
        if (type_is(extent, sparse[i].type))
            return sparse[i].check;
    }
    return NULL;
}

/* Names are those of the system on which the image was made, so a backslash leads elsewhere, too. */
bool vmdk_extent_is_beside(struct check *check, const struct vmdk_extent *extent)
{
    if (!extent->name || (!strpbrk(extent->name, "/\\") && strcmp(extent->name, "..") != 0))
        return true;
    check_find(check, RULE_VMDK_EXTENT_OUTSIDE, extent->at, "extent", "is in %s, not beside the descriptor",
               extent->name);
    return false;
}

static void check_file(struct check *check, const struct vmdk_extent *extent)
{
    struct err err = ERR_INIT;
    if (!vmdk_extent_is_beside(check, extent))
        return;
    vmdk_check_extent_fn *check_extent = sparse_check_of(extent);
    CLEANUP(source_free) struct source *file = source_open_sibling(check->source, extent->name, &err);
    if (!file)
        check_find(check, RULE_VMDK_EXTENT_MISSING, extent->at, "extent", "%s", err.text);
    else if (is_flat(extent))
        check_flat_file(check, extent, file);
    else if (check_extent)
        check_sparse_file(check, extent, file, check_extent);
}

void vmdk_check_extents(struct check *check, const struct vmdk_descriptor *descriptor)
{
    for (size_t i = 0; i < descriptor->extent_count; i++) {
        if (descriptor->extents[i].name)
            check_file(check, &descriptor->extents[i]);
    }
}
