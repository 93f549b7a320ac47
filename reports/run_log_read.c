/* The reading half of run_log.h. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/record.h"
#include "reports/run_log_internal.h"

/* How every log begins. */
static const char beginning[] = "{\"record\":\"begin\",\"schema\":\"" RUN_LOG_SCHEMA "\"";

static const char chain_head[] = ",\"chain\":\"";
#define CHAIN_TAIL_BYTES (sizeof chain_head - 1 + RUN_LOG_CHAIN_SIZE - 1 + sizeof "\"}" - 1)

/* What is known while logs are being read. */
struct reading {
    struct run_log *log;
    char **ids; /* beside the entries: to compare the selections, and to name cases */
    size_t id_count;
    struct err *err;
};

static bool refuse(struct reading *reading, const struct log_file *file, const char *what)
{
    return err_set(reading->err, ERR_SYNTAX, "%s: line %zu: %s", file->name, file->lines + 1, what);
}

/* ---- the kinds of lines ---- */

static bool same_head(struct reading *reading, const struct log_file *file, const struct log_file *first)
{
    const struct run_result *here = &file->head;
    const struct run_result *there = &first->head;
    const struct {
        const char *what;
        const char *here;
        const char *there;
    } pairs[] = {
        {"suite", here->suite_digest, there->suite_digest},
        {"edition", here->edition, there->edition},
        {"subject", here->subject, there->subject},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(pairs[i].here, pairs[i].there) != 0)
            return err_set(reading->err, ERR_VALUE, "%s is of the %s '%s', %s is of '%s'", first->name,
                           pairs[i].what, pairs[i].there, file->name, pairs[i].here);
    }
    if (here->case_count != there->case_count || here->shard_count != there->shard_count)
        return err_set(reading->err, ERR_VALUE,
                       "%s is of %zu cases in %zu parts, %s is of %zu in %zu: another selection", first->name,
                       there->case_count, there->shard_count, file->name, here->case_count,
                       here->shard_count);
    return true;
}

/* The first log that tells what it is about; NULL while there is none. */
static const struct log_file *reference(const struct run_log *log)
{
    for (size_t i = 0; i < log->file_count; i++) {
        if (log->files[i].begun)
            return &log->files[i];
    }
    return NULL;
}

static bool read_begin(struct reading *reading, struct log_file *file, const json_t *line)
{
    const struct log_file *first = reference(reading->log);
    if (file->begun || file->lines > 0)
        return refuse(reading, file, "a second beginning");
    result_fini(&file->head);
    if (!record_get_run(line, RECORD_BEGIN, &file->head))
        return refuse(reading, file, "an unknown kind of value");
    file->begun = true;
    return !first || same_head(reading, file, first);
}

static bool get_index(const json_t *line, const char *name, size_t *ret_index)
{
    const json_t *value = json_object_get(line, name);
    *ret_index = (size_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0 &&
           json_integer_value(value) <= UINT32_MAX;
}

static void add_entry(struct reading *reading, uint64_t offset, size_t shard, const char *id)
{
    struct run_log *log = reading->log;
    *mem_append(&log->entries, &log->entry_count) =
        (struct log_entry){.plan_offset = offset,
                           .case_offset = LOG_NOWHERE,
                           .plan_file = (uint32_t)(log->file_count - 1),
                           .shard = (uint32_t)shard,
                           .verdict = VERDICT_ERROR};
    *mem_append(&reading->ids, &reading->id_count) = mem_dup(id);
}

static bool read_plan(struct reading *reading, struct log_file *file, const json_t *line, uint64_t offset)
{
    size_t index;
    size_t shard;
    const char *id = json_string_value(json_object_get(line, "id"));
    if (!get_index(line, "index", &index) || !get_index(line, "shard", &shard) || !id ||
        index != file->planned || index >= file->head.case_count)
        return refuse(reading, file, "a plan that is out of place");
    file->planned++;
    if (index == reading->id_count)
        add_entry(reading, offset, shard, id);
    else if (strcmp(reading->ids[index], id) != 0 || reading->log->entries[index].shard != shard)
        return err_set(reading->err, ERR_VALUE, "%s has %s where the log before it has %s: another selection",
                       file->name, id, reading->ids[index]);
    return true;
}

static bool read_case(struct reading *reading, struct log_file *file, const json_t *line, uint64_t offset)
{
    struct run_log *log = reading->log;
    struct result_case result = {0};
    size_t index;
    bool known = record_get_case(line, RECORD_CASE, &result);
    enum verdict verdict = result.verdict;
    bool due = log_is_due_again(&result);
    result_case_fini(&result);
    if (!known || !get_index(line, "index", &index) || index >= file->planned)
        return refuse(reading, file, "a result of no case that was planned");
    struct log_entry *entry = &log->entries[index];
    if (entry->case_offset != LOG_NOWHERE)
        return err_set(reading->err, ERR_VALUE, "%s and %s both have a result of %s",
                       log->files[entry->case_file].name, file->name, reading->ids[index]);
    entry->case_offset = offset;
    entry->case_file = (uint32_t)(log->file_count - 1);
    entry->verdict = verdict;
    entry->due = due;
    return true;
}

static bool read_end(struct reading *reading, struct log_file *file, const json_t *line)
{
    file->ended = record_get_run(line, RECORD_END, &file->head);
    return file->ended || refuse(reading, file, "an unknown kind of value");
}

static void forget_unjudged(struct run_log *log, size_t file)
{
    for (size_t i = 0; i < log->entry_count; i++) {
        struct log_entry *entry = &log->entries[i];
        if (!entry->due || entry->case_file != file)
            continue;
        entry->due = false;
        entry->case_offset = LOG_NOWHERE;
        entry->verdict = VERDICT_ERROR;
    }
}

void log_note_resumed(struct run_log *log, size_t index, const char *at)
{
    struct log_file *file = &log->files[index];
    *mem_append(&file->head.resumed, &file->head.resumed_count) = mem_dup(at);
    free(file->head.ended_early);
    file->head.ended_early = NULL;
    file->head.interrupted = false;
    file->ended = false;
    forget_unjudged(log, index);
}

static bool read_resume(struct reading *reading, struct log_file *file, const json_t *line)
{
    const char *at = json_string_value(json_object_get(line, "at"));
    if (!at || strlen(at) != CLOCK_ISO_SIZE - 1 || at[strspn(at, "0123456789-:TZ")] ||
        file->planned < file->head.case_count)
        return refuse(reading, file, "a break that is out of place");
    log_note_resumed(reading->log, reading->log->file_count - 1, at);
    return true;
}

static bool read_record(struct reading *reading, struct log_file *file, const json_t *line, uint64_t offset)
{
    const char *record = json_string_value(json_object_get(line, "record"));
    if (record && file->begun && strcmp(record, "resume") == 0)
        return read_resume(reading, file, line);
    if (!record || file->ended || (!file->begun && strcmp(record, "begin") != 0))
        return refuse(reading, file, "a record that is out of place");
    if (strcmp(record, "begin") == 0)
        return read_begin(reading, file, line);
    if (strcmp(record, "plan") == 0)
        return read_plan(reading, file, line, offset);
    if (strcmp(record, "case") == 0)
        return read_case(reading, file, line, offset);
    if (strcmp(record, "end") == 0)
        return read_end(reading, file, line);
    return refuse(reading, file, "a record of an unknown kind");
}

/* ---- lines ---- */

/* Whether the line is chained to the one before; then the chain goes on. */
static bool follow_chain(struct log_file *file, const struct buf *line)
{
    if (line->length <= CHAIN_TAIL_BYTES)
        return false;
    char chain[RUN_LOG_CHAIN_SIZE];
    size_t length = line->length - CHAIN_TAIL_BYTES;
    const char *tail = line->data + length;
    memcpy(chain, file->chain, sizeof chain);
    log_chain_on(chain, line->data, length);
    char *expected = mem_printf("%s%s\"}", chain_head, chain);
    bool chained = memcmp(tail, expected, CHAIN_TAIL_BYTES) == 0;
    free(expected);
    if (chained)
        memcpy(file->chain, chain, sizeof chain);
    return chained;
}

static bool is_beginning(const struct buf *line)
{
    size_t known = sizeof beginning - 1;
    return memcmp(line->data, beginning, line->length < known ? line->length : known) == 0;
}

bool run_log_is_one(const char *path)
{
    struct buf text;
    buf_init(&text, sizeof beginning);
    FILE *file = fopen(path, "re");
    for (int c; file && text.length < sizeof beginning - 1 && (c = getc(file)) != EOF;)
        buf_putc(&text, (char)c);
    bool is_one = file && !ferror(file) && is_beginning(&text);
    if (file)
        fclose(file);
    buf_fini(&text);
    return is_one;
}

static bool read_text(struct reading *reading, struct log_file *file, uint64_t offset)
{
    json_error_t error;
    const struct buf *text = &reading->log->line;
    json_t *line = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &error);
    bool read = line ? read_record(reading, file, line, offset) : refuse(reading, file, error.text);
    json_decref(line);
    file->lines += read;
    return read;
}

/* To the end of the file, or to where it was cut. */
static bool read_lines(struct reading *reading, struct log_file *file)
{
    for (;;) {
        off_t offset = ftello(file->file);
        enum line_end end = log_read_line(file, &reading->log->line, reading->err);
        if (end == LINE_FAULT || end == LINE_NONE)
            return end == LINE_NONE;
        if (file->lines == 0 && !is_beginning(&reading->log->line))
            return err_set(reading->err, ERR_SYNTAX, "%s is no log of a run", file->name);
        if (!follow_chain(file, &reading->log->line)) {
            if (end == LINE_CUT)
                return true;
            return refuse(reading, file, "was altered, or stood elsewhere: its chain is broken");
        }
        if (!read_text(reading, file, (uint64_t)offset))
            return false;
        file->whole_bytes = (uint64_t)ftello(file->file);
        file->unended = end == LINE_CUT;
    }
}

/* Takes the file. */
static bool read_file(struct reading *reading, const char *name, FILE *file)
{
    if (!file)
        return err_set_errno(reading->err, "%s", name);
    struct log_file *added = log_add_file(reading->log, name, file);
    json_t *nothing = json_object();
    record_get_run(nothing, RECORD_BEGIN, &added->head);
    json_decref(nothing);
    return read_lines(reading, added);
}

/* ---- the whole ---- */

static void take_head(const struct run_log *log, struct run_result *run)
{
    const struct log_file *first = reference(log);
    const struct run_result *head = first ? &first->head : &log->files[0].head;
    *run = (struct run_result){
        .subject = mem_dup(head->subject),
        .subject_url = mem_dup(head->subject_url),
        .description = mem_dup(head->description),
        .edition = mem_dup(head->edition),
        .suite_digest = mem_dup(head->suite_digest),
        .tool_version = mem_dup(head->tool_version),
        .started = mem_dup(head->started),
        .run_id = mem_dup(head->run_id),
    };
    for (size_t i = 0; i < log->file_count; i++) {
        const struct run_result *part = &log->files[i].head;
        if (log->files[i].begun && strcmp(part->started, run->started) < 0) {
            free(run->started);
            run->started = mem_dup(part->started);
        }
        for (size_t k = 0; k < part->resumed_count; k++)
            *mem_append(&run->resumed, &run->resumed_count) = mem_dup(part->resumed[k]);
        run->interrupted = run->interrupted || part->interrupted;
        run->time_us = part->time_us > run->time_us ? part->time_us : run->time_us;
    }
}

static void add_remark(struct buf *remarks, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add_remark(struct buf *remarks, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (remarks->length > 0)
        buf_puts(remarks, "; ");
    buf_vprintf(remarks, format, args);
    va_end(args);
}

static void remark_file(const struct log_file *file, struct buf *remarks)
{
    if (!file->begun)
        add_remark(remarks, "%s is cut in its first line: not even its subject is known", file->name);
    else if (!file->ended)
        add_remark(remarks, "%s is cut after line %zu", file->name, file->lines);
    else if (file->head.ended_early)
        add_remark(remarks, "%s", file->head.ended_early);
}

static bool has_shard(const struct run_log *log, size_t shard)
{
    for (size_t i = 0; i < log->file_count; i++) {
        if (log->files[i].begun && log->files[i].head.shard == shard)
            return true;
    }
    return false;
}

/* Parts of which there is no log at all. */
static void remark_shards(const struct run_log *log, struct buf *remarks)
{
    const struct log_file *first = reference(log);
    size_t shard_count = first ? first->head.shard_count : 0;
    for (size_t shard = 1; shard <= shard_count && !remarks->full; shard++) {
        if (!has_shard(log, shard))
            add_remark(remarks, "there is no log of shard %zu/%zu", shard, shard_count);
    }
}

static void remark_cases(const struct run_log *log, struct buf *remarks)
{
    const struct log_file *first = reference(log);
    size_t missing = 0;
    for (size_t i = 0; i < log->entry_count; i++)
        missing += log->entries[i].case_offset == LOG_NOWHERE;
    if (missing > 0)
        add_remark(remarks, "%zu of %zu cases have no result", missing, log->entry_count);
    if (first && first->head.case_count > log->entry_count)
        add_remark(remarks, "of %zu cases even the names are missing",
                   first->head.case_count - log->entry_count);
}

static void take_remarks(const struct run_log *log, struct run_result *run)
{
    struct buf remarks;
    buf_init(&remarks, 64 * BUF_KIB);
    for (size_t i = 0; i < log->file_count; i++)
        remark_file(&log->files[i], &remarks);
    remark_shards(log, &remarks);
    remark_cases(log, &remarks);
    if (remarks.length > 0)
        run->ended_early = mem_dup(remarks.data);
    buf_fini(&remarks);
}

static bool finish(struct reading *reading, bool read, struct run_result *ret_run)
{
    for (size_t i = 0; i < reading->id_count; i++)
        free(reading->ids[i]);
    free(reading->ids);
    if (!read) {
        run_log_free(reading->log);
        return false;
    }
    take_head(reading->log, ret_run);
    take_remarks(reading->log, ret_run);
    log_give(reading->log, ret_run);
    return true;
}

bool run_log_read(char *const *paths, size_t count, struct run_result *ret_run, struct err *err)
{
    struct reading reading = {.log = log_new(), .err = err};
    bool read = true;
    for (size_t i = 0; read && i < count; i++)
        read = read_file(&reading, paths[i], fopen(paths[i], "re"));
    return finish(&reading, read, ret_run);
}

bool run_log_read_file(FILE *file, const char *name, struct run_result *ret_run, struct err *err)
{
    struct reading reading = {.log = log_new(), .err = err};
    return finish(&reading, read_file(&reading, name, file), ret_run);
}
