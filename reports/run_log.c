#include "reports/run_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "reports/record.h"
#include "reports/run_log_internal.h"

#define PIECE_BYTES ((size_t)64 * 1024)

struct run_log *log_new(void)
{
    struct run_log *log = mem_alloc(sizeof *log);
    log->err = (struct err)ERR_INIT;
    buf_init(&log->line, RUN_LOG_LINE_MAX_BYTES);
    return log;
}

struct log_file *log_add_file(struct run_log *log, const char *name, FILE *file)
{
    struct log_file *added = mem_append(&log->files, &log->file_count);
    added->file = file;
    added->name = mem_dup(name);
    memset(added->chain, '0', RUN_LOG_CHAIN_SIZE - 1);
    return added;
}

void log_chain_on(char chain[static RUN_LOG_CHAIN_SIZE], const char *text, size_t length)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest *digest = digest_new(DIGEST_SHA256);
    digest_update(digest, chain, RUN_LOG_CHAIN_SIZE - 1);
    digest_update(digest, text, length);
    digest_finish(digest, hex);
    digest_free(digest);
    memcpy(chain, hex, RUN_LOG_CHAIN_SIZE);
}

enum line_end log_read_line(struct log_file *file, struct buf *line, struct err *err)
{
    char piece[4 * BUF_KIB];
    size_t length = 0;
    int c;
    buf_clear(line);
    while ((c = getc_unlocked(file->file)) != EOF && c != '\n') {
        piece[length++] = (char)c;
        if (length < sizeof piece)
            continue;
        buf_append(line, piece, length);
        length = 0;
    }
    buf_append(line, piece, length);
    if (ferror(file->file))
        err_set_errno(err, "%s", file->name);
    else if (line->full)
        err_set(err, ERR_LIMIT, "%s: line %zu has more than %zu bytes", file->name, file->lines + 1,
                RUN_LOG_LINE_MAX_BYTES);
    else if (c == EOF)
        return line->length > 0 ? LINE_CUT : LINE_NONE;
    else
        return LINE_WHOLE;
    return LINE_FAULT;
}

/* ---- one case ---- */

bool log_is_due_again(const struct result_case *result)
{
    bool due = result->verdict == VERDICT_ERROR || result->verdict == VERDICT_SKIPPED;
    for (size_t i = 0; i < result->exchange_count && result->verdict == VERDICT_FAIL; i++)
        due = due || (result->exchanges[i].status == 0 && result->exchanges[i].error);
    return due;
}

static const struct log_file *file_of_shard(const struct run_log *log, size_t shard)
{
    for (size_t i = 0; i < log->file_count; i++) {
        const struct run_result *head = &log->files[i].head;
        if (head->shard == shard || head->shard_count == 0)
            return &log->files[i];
    }
    return NULL;
}

char *log_why_missing(const struct run_log *log, const struct log_entry *entry)
{
    const struct log_file *file = file_of_shard(log, entry->shard);
    size_t shard_count = log->files[entry->plan_file].head.shard_count;
    if (!file)
        return mem_printf("no log is of shard %u/%zu, which was to run it", entry->shard, shard_count);
    return mem_printf("%s %s", file->name,
                      file->ended ? "has no result of it" : "was cut off before its result");
}

static json_t *load_line(struct run_log *log, size_t index, uint64_t offset)
{
    struct log_file *file = &log->files[index];
    json_error_t error;
    if (fseeko(file->file, (off_t)offset, SEEK_SET) != 0) {
        err_set_errno(&log->err, "%s", file->name);
        return NULL;
    }
    enum line_end end = log_read_line(file, &log->line, &log->err);
    json_t *line =
        end == LINE_WHOLE || end == LINE_CUT ? json_loadb(log->line.data, log->line.length, 0, &error) : NULL;
    if (!line)
        err_set(&log->err, ERR_IO, "%s: what was written cannot be read back", file->name);
    return line;
}

static bool load_part(struct run_log *log, size_t file, uint64_t offset, enum record_part part,
                      struct result_case *result)
{
    json_t *line = load_line(log, file, offset);
    bool loaded =
        line && (record_get_case(line, part, result) ||
                 err_set(&log->err, ERR_SYNTAX, "%s: an unknown kind of value", log->files[file].name));
    json_decref(line);
    return loaded;
}

bool run_log_load(struct run_log *log, size_t index, struct result_case *ret_result)
{
    const struct log_entry *entry = &log->entries[index];
    struct result_case result = {0};
    bool judged = entry->case_offset != LOG_NOWHERE;
    if (!load_part(log, entry->plan_file, entry->plan_offset, RECORD_PLAN, &result) ||
        (judged && !load_part(log, entry->case_file, entry->case_offset, RECORD_CASE, &result))) {
        result_case_fini(&result);
        return false;
    }
    if (!judged) {
        result.verdict = VERDICT_ERROR;
        result.reason = log_why_missing(log, entry);
    }
    *ret_result = result;
    return true;
}

bool run_log_has(const struct run_log *log, size_t index)
{
    return log->entries[index].case_offset != LOG_NOWHERE;
}

bool run_log_is_due_again(const struct run_log *log, size_t index)
{
    return log->entries[index].due;
}

/* In place of a case that could not be read. */
static void fill_unread(struct result_case *result, const char *reason)
{
    json_t *nothing = json_object();
    record_get_case(nothing, RECORD_PLAN, result);
    json_decref(nothing);
    result->verdict = VERDICT_ERROR;
    result->reason = mem_dup(reason);
}

/* Bodies are cut to RESULT_BODY_KEPT_BYTES unless they are wanted whole. */
static const struct result_case *case_at(struct run_log *log, size_t index, bool whole)
{
    struct result_case *result = &log->current;
    result_case_fini(result);
    if (!run_log_load(log, index, result))
        fill_unread(result, log->err.text);
    for (size_t i = 0; i < result->exchange_count && !whole; i++)
        result_body_cut(&result->exchanges[i].response.body);
    return result;
}

static enum verdict verdict_at(const struct run_log *log, size_t index)
{
    return log->entries[index].verdict;
}

bool run_log_was_read(const struct run_log *log, struct err *err)
{
    return log->err.code == ERR_NONE || err_set(err, log->err.code, "%s", log->err.text);
}

bool run_log_has_plan(const struct run_log *log)
{
    return log->files[0].begun && log->files[0].planned == log->files[0].head.case_count;
}

void run_log_part(const struct run_log *log, size_t *ret_shard, size_t *ret_shard_count)
{
    *ret_shard = log->files[0].head.shard;
    *ret_shard_count = log->files[0].head.shard_count;
}

const char *run_log_chain(const struct run_log *log)
{
    return log->files[0].chain;
}

bool run_log_is_whole(const struct run_log *log)
{
    return log->files[0].ended;
}

/* Calls `take` with the bytes of the first log, piece by piece, until it is false. */
static bool each_piece(const struct run_log *log,
                       bool (*take)(void *context, const char *bytes, size_t length), void *context)
{
    FILE *file = log->files[0].file;
    char *piece = mem_alloc(PIECE_BYTES);
    bool taken = fseeko(file, 0, SEEK_SET) == 0;
    for (size_t length; taken && (length = fread(piece, 1, PIECE_BYTES, file)) > 0;)
        taken = take(context, piece, length);
    free(piece);
    return taken && !ferror(file);
}

static bool add_to_digest(void *digest, const char *bytes, size_t length)
{
    digest_update(digest, bytes, length);
    return true;
}

bool run_log_digest(const struct run_log *log, char hex[static RUN_LOG_CHAIN_SIZE], struct err *err)
{
    char whole[DIGEST_HEX_SIZE];
    struct digest *digest = digest_new(DIGEST_SHA256);
    bool read = each_piece(log, add_to_digest, digest);
    digest_finish(digest, whole);
    digest_free(digest);
    memcpy(hex, whole, RUN_LOG_CHAIN_SIZE);
    return read || err_set_errno(err, "%s", log->files[0].name);
}

static bool add_to_file(void *out, const char *bytes, size_t length)
{
    return fwrite(bytes, 1, length, out) == length;
}

bool run_log_copy(const struct run_log *log, FILE *out, struct err *err)
{
    return each_piece(log, add_to_file, out) || err_set_errno(err, "%s", log->files[0].name);
}

void run_log_free(struct run_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->file_count; i++) {
        fclose(log->files[i].file);
        free(log->files[i].name);
        result_fini(&log->files[i].head);
    }
    free(log->files);
    free(log->entries);
    buf_fini(&log->line);
    result_case_fini(&log->current);
    free(log);
}

void log_give(struct run_log *log, struct run_result *run)
{
    static const struct result_keeper keeper = {case_at, verdict_at, run_log_free};
    run->log = log;
    run->keeper = &keeper;
    run->case_count = log->entry_count;
}
