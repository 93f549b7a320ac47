/* The snapshot table: section "Snapshots". Each snapshot adds its L1 table as one more tree. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

#define NANOSECONDS UINT64_C(1000000000)

/* One entry, and what follows its fixed part. */
struct entry {
    struct record record;
    struct record extra; /* fields that are not there read as zero */
    uint64_t extra_size;
    uint64_t id_at;
    uint64_t id_size;
    uint64_t end; /* with padding */
};

static bool read_entry(struct qcow2 *image, uint64_t at, struct entry *entry)
{
    struct check *check = image->check;
    if (!check_read(check, &qcow2_snapshot, at, &entry->record))
        return false;
    entry->extra_size = record_number(&entry->record, QCOW2_SNAPSHOT_EXTRA_DATA_SIZE);
    entry->id_at = at + qcow2_snapshot.size + entry->extra_size;
    entry->id_size = record_number(&entry->record, QCOW2_SNAPSHOT_ID_SIZE);
    uint64_t length = qcow2_snapshot.size + entry->extra_size + entry->id_size +
                      record_number(&entry->record, QCOW2_SNAPSHOT_NAME_SIZE);
    if (!source_has(check->source, at, length))
        return false;
    entry->end = at + (length + QCOW2_SNAPSHOT_ALIGN - 1) / QCOW2_SNAPSHOT_ALIGN * QCOW2_SNAPSHOT_ALIGN;
    uint64_t known =
        entry->extra_size < qcow2_snapshot_extra.size ? entry->extra_size : qcow2_snapshot_extra.size;
    return check_read_part(check, &qcow2_snapshot_extra, at + qcow2_snapshot.size, (size_t)known,
                           &entry->extra);
}

static void check_extra(struct qcow2 *image, const struct entry *entry)
{
    struct check *check = image->check;
    if (image->version >= 3 && entry->extra_size < QCOW2_SNAPSHOT_EXTRA_V3_MIN)
        check_find_field(check, RULE_QCOW2_SNAPSHOT_EXTRA_DATA, &entry->record,
                         QCOW2_SNAPSHOT_EXTRA_DATA_SIZE, "is %" PRIu64 ", version 3 needs 16",
                         entry->extra_size);
    if (record_number(&entry->record, QCOW2_SNAPSHOT_DATE_NSEC) >= NANOSECONDS)
        check_find_field(check, RULE_QCOW2_SNAPSHOT_TIME, &entry->record, QCOW2_SNAPSHOT_DATE_NSEC,
                         "%" PRIu64 " nanoseconds are a second or more",
                         record_number(&entry->record, QCOW2_SNAPSHOT_DATE_NSEC));
}

static bool l1_is_readable(struct qcow2 *image, const struct entry *entry, uint64_t entries)
{
    static const struct qcow2_bounds bounds = {RULE_QCOW2_SNAPSHOT_L1_UNALIGNED,
                                               RULE_QCOW2_SNAPSHOT_L1_PAST_END};
    struct check *check = image->check;
    uint64_t length = entries * QCOW2_ENTRY_SIZE;
    if (!qcow2_check_table(image, &bounds, &entry->record, QCOW2_SNAPSHOT_L1_TABLE_OFFSET, length))
        return false;
    if (length > QCOW2_L1_BYTES_MAX) {
        check_find_field(check, RULE_QCOW2_SNAPSHOT_L1_TOO_LARGE, &entry->record, QCOW2_SNAPSHOT_L1_SIZE,
                         "%" PRIu64 " entries, nothing opens more than %" PRIu64 " bytes", entries,
                         QCOW2_L1_BYTES_MAX);
        return false;
    }
    return true;
}

/* The state of the machine is stored like guest data, from the first L1 entry behind the disk on. */
static uint64_t l1_needed(const struct qcow2 *image, const struct entry *entry)
{
    bool has_large = entry->extra_size > QCOW2_SNAPSHOT_VM_STATE_SIZE_LARGE_AT;
    uint64_t state = has_large ? record_number(&entry->extra, QCOW2_SNAPSHOT_VM_STATE_SIZE_LARGE)
                               : record_number(&entry->record, QCOW2_SNAPSHOT_VM_STATE_SIZE);
    bool has_size = entry->extra_size >= QCOW2_SNAPSHOT_EXTRA_V3_MIN;
    uint64_t size = has_size ? record_number(&entry->extra, QCOW2_SNAPSHOT_DISK_SIZE) : 0;
    return qcow2_l1_needed(image, size) + qcow2_l1_needed(image, state);
}

static void check_l1(struct qcow2 *image, const struct entry *entry)
{
    uint64_t offset = record_number(&entry->record, QCOW2_SNAPSHOT_L1_TABLE_OFFSET);
    uint64_t entries = record_number(&entry->record, QCOW2_SNAPSHOT_L1_SIZE);
    if (entries < l1_needed(image, entry))
        check_find_field(image->check, RULE_QCOW2_SNAPSHOT_L1_TOO_SMALL, &entry->record,
                         QCOW2_SNAPSHOT_L1_SIZE, "%" PRIu64 " entries, disk and machine state need %" PRIu64,
                         entries, l1_needed(image, entry));
    if (!l1_is_readable(image, entry, entries))
        return;
    if (check_claim(image->check, QCOW2_KIND_SNAPSHOT_L1, offset, entries * QCOW2_ENTRY_SIZE,
                    record_at(&entry->record, QCOW2_SNAPSHOT_L1_TABLE_OFFSET), "l1_table_offset"))
        qcow2_add_tree(image, offset, (uint32_t)entries, false);
}

/* The ids seen so far, in order to find one that comes twice. */
struct ids {
    char **texts; /* owned */
    size_t count;
};

static char *read_id(struct qcow2 *image, const struct entry *entry)
{
    char *id = mem_alloc((size_t)entry->id_size + 1); /* a field of 16 bits */
    if (source_read(image->check->source, entry->id_at, id, (size_t)entry->id_size))
        return id;
    free(id);
    return NULL;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void check_ids(struct qcow2 *image, struct ids *ids)
{
    if (ids->count < 2)
        return;
    qsort(ids->texts, ids->count, sizeof *ids->texts, compare_texts);
    for (size_t i = 1; i < ids->count; i++) {
        if (strcmp(ids->texts[i - 1], ids->texts[i]) == 0)
            check_find_field(image->check, RULE_QCOW2_SNAPSHOT_ID_TWICE, &image->header,
                             QCOW2_SNAPSHOTS_OFFSET, "the id %s comes twice", ids->texts[i]);
    }
}

static void check_entries(struct qcow2 *image, uint64_t table, uint64_t count)
{
    struct ids ids = {0};
    struct entry entry;
    uint64_t at = table;
    uint64_t i = 0;
    for (; i < count && read_entry(image, at, &entry); i++) {
        check_extra(image, &entry);
        check_l1(image, &entry);
        char *id = read_id(image, &entry);
        if (id)
            *mem_append(&ids.texts, &ids.count) = id;
        at = entry.end;
    }
    if (i < count)
        check_find(image->check, RULE_QCOW2_SNAPSHOT_TABLE_PAST_END, at, "snapshot table entry",
                   "snapshot %" PRIu64 " of %" PRIu64 " is not wholly in the file of %" PRIu64 " bytes",
                   i + 1, count, image->file_size);
    if (at > table)
        check_claim(image->check, QCOW2_KIND_SNAPSHOTS, table, at - table,
                    record_at(&image->header, QCOW2_SNAPSHOTS_OFFSET), "snapshots_offset");
    check_ids(image, &ids);
    for (size_t n = 0; n < ids.count; n++)
        free(ids.texts[n]);
    free(ids.texts);
}

void qcow2_check_snapshots(struct qcow2 *image)
{
    struct check *check = image->check;
    uint64_t count = record_number(&image->header, QCOW2_NB_SNAPSHOTS);
    uint64_t table = record_number(&image->header, QCOW2_SNAPSHOTS_OFFSET);
    if (!qcow2_is_aligned(image, table)) {
        check_find_field(check, RULE_QCOW2_SNAPSHOT_TABLE_UNALIGNED, &image->header, QCOW2_SNAPSHOTS_OFFSET,
                         "%" PRIu64 " is not on a cluster boundary", table);
        return;
    }
    if (count > QCOW2_SNAPSHOTS_MAX) {
        check_find_field(check, RULE_QCOW2_SNAPSHOT_TOO_MANY, &image->header, QCOW2_NB_SNAPSHOTS,
                         "%" PRIu64 " snapshots, nothing opens more than %d", count, QCOW2_SNAPSHOTS_MAX);
        return;
    }
    if (count > 0)
        check_entries(image, table, count);
}
