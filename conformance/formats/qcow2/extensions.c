/* The header extensions: sections "Header extensions", "Feature name table" and the heads of those that have
 * a file of their own. */
#include <inttypes.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

#define SEEN_MAX 64 /* kinds of extensions that are watched for appearing twice */

/* The walk through the area. */
struct walk {
    struct qcow2 *image;
    uint64_t end;  /* of the area, in the file */
    uint64_t at;   /* of the extension's head */
    uint32_t type; /* of the extension */
    uint32_t length;
    uint64_t data; /* offset of its data */
    uint32_t seen[SEEN_MAX];
    size_t seen_count;
};

static void check_feature_names(struct walk *walk)
{
    struct check *check = walk->image->check;
    if (walk->length % qcow2_feature_name.size != 0)
        check_find(check, RULE_QCOW2_FEATURE_NAME_TABLE, walk->at, "feature name table",
                   "its length %u is no multiple of 48", walk->length);
    for (uint32_t at = 0; at + qcow2_feature_name.size <= walk->length; at += qcow2_feature_name.size) {
        struct record entry;
        if (!check_read(check, &qcow2_feature_name, walk->data + at, &entry))
            return;
        if (record_number(&entry, QCOW2_FEATURE_NAME_TYPE) > QCOW2_FEATURE_AUTOCLEAR)
            check_find_field(check, RULE_QCOW2_FEATURE_NAME_TABLE, &entry, QCOW2_FEATURE_NAME_TYPE,
                             "is %u, valid are 0 to 2", entry.bytes[QCOW2_FEATURE_NAME_TYPE_AT]);
        if (record_number(&entry, QCOW2_FEATURE_NAME_BIT) > 63)
            check_find_field(check, RULE_QCOW2_FEATURE_NAME_TABLE, &entry, QCOW2_FEATURE_NAME_BIT,
                             "is %u, valid are 0 to 63", entry.bytes[QCOW2_FEATURE_NAME_BIT_AT]);
    }
}

static void take_bitmaps(struct walk *walk)
{
    struct qcow2 *image = walk->image;
    if (walk->length != qcow2_bitmaps.size) {
        check_find(image->check, RULE_QCOW2_BITMAPS_LENGTH, walk->at, "bitmaps extension",
                   "its length is %u, not 24", walk->length);
        return;
    }
    image->has_bitmaps = check_read(image->check, &qcow2_bitmaps, walk->data, &image->bitmaps);
}

static void take_encryption(struct walk *walk)
{
    struct qcow2 *image = walk->image;
    if (walk->length != qcow2_encryption.size) {
        check_find(image->check, RULE_QCOW2_ENCRYPTION_POINTER_LENGTH, walk->at, "encryption header pointer",
                   "its length is %u, not 16", walk->length);
        return;
    }
    image->has_encryption = check_read(image->check, &qcow2_encryption, walk->data, &image->encryption);
}

/* The text of a string extension; NULL when it cannot be read. Owned. */
static char *text_of(struct walk *walk)
{
    char *text = mem_alloc((size_t)walk->length + 1); /* inside the first cluster: 2 MiB at most */
    if (source_read(walk->image->check->source, walk->data, text, walk->length))
        return text;
    free(text);
    return NULL;
}

static void take_backing_format(struct walk *walk)
{
    struct check *check = walk->image->check;
    CLEANUP(text) char *format = text_of(walk);
    if (!format)
        return;
    if (record_number(&walk->image->header, QCOW2_BACKING_FILE_OFFSET) == 0)
        check_find(check, RULE_QCOW2_BACKING_FORMAT_ALONE, walk->at, "backing file format",
                   "is %s, but there is no backing file", format);
    else
        check_option_text(check, "backing_fmt", format);
}

static void take_data_file(struct walk *walk)
{
    free(walk->image->data_file);
    walk->image->data_file = text_of(walk);
}

static void note_unknown(struct walk *walk)
{
    check_find(walk->image->check, RULE_QCOW2_EXTENSION_UNKNOWN, walk->at, "header extension type",
               "0x%08x is not known", walk->type);
}

static void take(struct walk *walk)
{
    static const struct {
        uint32_t type;
        void (*take)(struct walk *walk);
    } known[] = {
        {QCOW2_EXTENSION_BACKING_FORMAT, take_backing_format},
        {QCOW2_EXTENSION_FEATURE_NAMES, check_feature_names},
        {QCOW2_EXTENSION_BITMAPS, take_bitmaps},
        {QCOW2_EXTENSION_ENCRYPTION, take_encryption},
        {QCOW2_EXTENSION_DATA_FILE, take_data_file},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].type == walk->type) {
            known[i].take(walk);
            return;
        }
    }
    note_unknown(walk);
}

static void check_twice(struct walk *walk)
{
    for (size_t i = 0; i < walk->seen_count; i++) {
        if (walk->seen[i] == walk->type) {
            check_find(walk->image->check, RULE_QCOW2_EXTENSION_TWICE, walk->at, "header extension type",
                       "0x%08x appears twice", walk->type);
            return;
        }
    }
    if (walk->seen_count < SEEN_MAX)
        walk->seen[walk->seen_count++] = walk->type;
}

/* Reads the next head; false at the end of the area, with walk->at after it. */
static bool next(struct walk *walk)
{
    struct record head;
    if (walk->at >= walk->end)
        return false;
    if (walk->end - walk->at < qcow2_extension.size) {
        check_find(walk->image->check, RULE_QCOW2_EXTENSION_PAST_END, walk->at, "header extension",
                   "%" PRIu64 " bytes are left, too few for another one", (walk->end - walk->at));
        walk->at = walk->end;
        return false;
    }
    if (!check_read(walk->image->check, &qcow2_extension, walk->at, &head))
        return false;
    walk->type = (uint32_t)record_number(&head, QCOW2_EXTENSION_TYPE);
    walk->length = (uint32_t)record_number(&head, QCOW2_EXTENSION_LENGTH);
    walk->data = walk->at + qcow2_extension.size;
    if (walk->type == QCOW2_EXTENSION_END) {
        walk->at = walk->data;
        return false;
    }
    if (walk->length > walk->end - walk->data) {
        check_find_field(walk->image->check, RULE_QCOW2_EXTENSION_PAST_END, &head, QCOW2_EXTENSION_LENGTH,
                         "%u bytes reach past the end of the extensions at %" PRIu64, walk->length,
                         walk->end);
        walk->at = walk->end;
        return false;
    }
    return true;
}

/* Nothing but the backing file name may stand between the extensions and the end of the first cluster. */
static void check_rest(struct qcow2 *image)
{
    uint64_t name = record_number(&image->header, QCOW2_BACKING_FILE_OFFSET);
    uint64_t name_end = name + record_number(&image->header, QCOW2_BACKING_FILE_SIZE);
    for (uint64_t at = image->extensions_end; at < image->cluster_size; at += QCOW2_EXTENSION_ALIGN) {
        uint8_t bytes[QCOW2_EXTENSION_ALIGN];
        uint64_t left = image->cluster_size - at;
        size_t length = left < sizeof bytes ? (size_t)left : sizeof bytes;
        if (!source_read(image->check->source, at, bytes, length))
            return;
        for (size_t i = 0; i < length; i++) {
            bool named = name != 0 && at + i >= name && at + i < name_end;
            if (bytes[i] != 0 && !named) {
                check_find(image->check, RULE_QCOW2_EXTENSION_OTHER_DATA, at + i, "first cluster",
                           "data stands between the header extensions and the end of the cluster");
                return;
            }
        }
    }
}

void qcow2_check_extensions(struct qcow2 *image)
{
    struct walk walk = {.image = image, .end = image->cluster_size, .at = image->header_length};
    uint64_t name = record_number(&image->header, QCOW2_BACKING_FILE_OFFSET);
    if (name > image->header_length && name < walk.end)
        walk.end = name;
    while (next(&walk)) {
        check_twice(&walk);
        take(&walk);
        uint64_t padded = (walk.length + QCOW2_EXTENSION_ALIGN - 1) / QCOW2_EXTENSION_ALIGN *
                          (uint64_t)QCOW2_EXTENSION_ALIGN;
        walk.at = walk.data + padded;
    }
    image->extensions_end = walk.at < walk.end ? walk.at : walk.end;
    check_rest(image);
    if ((image->autoclear & QCOW2_AUTOCLEAR_BITMAPS) && !image->has_bitmaps)
        check_find_field(image->check, RULE_QCOW2_FEATURE_BITMAPS_WITHOUT_EXTENSION, &image->header,
                         QCOW2_AUTOCLEAR_FEATURES, "bit 0 is set, but there is no bitmaps extension");
}
