/* The writing half of run_log.h. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/temporary.h"
#include "reports/record.h"
#include "reports/run_log_internal.h"

static FILE *open_log(const char *path, struct err *err)
{
    int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : temporary_file();
    struct stat about;
    bool opened = fd >= 0 && fstat(fd, &about) == 0;
    bool regular = opened && S_ISREG(about.st_mode);
    FILE *file = regular && ftruncate(fd, 0) == 0 ? fdopen(fd, "w+") : NULL;
    if (file)
        return file;
    if (opened && !regular)
        err_set(err, ERR_VALUE, "the log %s: is no regular file, and is read again at the end", path);
    else
        err_set_errno(err, "the log %s: cannot be written", path ? path : "in TMPDIR");
    if (fd >= 0)
        close(fd);
    return NULL;
}

struct run_log *run_log_create(const char *path, struct err *err)
{
    FILE *file = open_log(path, err);
    if (!file)
        return NULL;
    struct run_log *log = log_new();
    log_add_file(log, path ? path : "the log", file);
    return log;
}

/* Writes the line and lets go of it; where it begins. Whoever reads meanwhile, or afterwards, finds it whole:
 * nothing stays in the buffer of the program. */
static uint64_t put_line(struct run_log *log, json_t *line)
{
    struct log_file *file = &log->files[0];
    char *text = json_dumps(line, JSON_COMPACT);
    size_t length = strlen(text) - 1; /* without its closing brace */
    json_decref(line);
    off_t offset = ftello(file->file);
    log_chain_on(file->chain, text, length);
    fwrite(text, 1, length, file->file);
    fprintf(file->file, ",\"chain\":\"%s\"}\n", file->chain);
    if (fflush(file->file) != 0 || offset < 0)
        err_set_errno(&log->err, "%s: cannot be written", file->name);
    file->lines++;
    free(text);
    return (uint64_t)offset;
}

void run_log_begin(struct run_log *log, const struct run_result *head)
{
    struct log_file *file = &log->files[0];
    json_t *line = json_pack("{s:s, s:s}", "record", "begin", "schema", RUN_LOG_SCHEMA);
    record_put_run(head, RECORD_BEGIN, line);
    file->begun = true;
    file->head.shard = head->shard;
    file->head.shard_count = head->shard_count;
    put_line(log, line);
}

void run_log_plan(struct run_log *log, size_t index, size_t shard, const struct result_case *facts)
{
    json_t *line = json_pack("{s:s, s:I, s:I}", "record", "plan", "index", (json_int_t)index, "shard",
                             (json_int_t)shard);
    record_put_case(facts, RECORD_PLAN, line);
    *mem_append(&log->entries, &log->entry_count) = (struct log_entry){.plan_offset = put_line(log, line),
                                                                       .case_offset = LOG_NOWHERE,
                                                                       .shard = (uint32_t)shard,
                                                                       .verdict = VERDICT_ERROR};
}

bool run_log_case(struct run_log *log, size_t index, const struct result_case *result)
{
    struct log_entry *entry = &log->entries[index];
    if (log->err.code != ERR_NONE)
        return false;
    json_t *line = json_pack("{s:s, s:I}", "record", "case", "index", (json_int_t)index);
    record_put_case(result, RECORD_CASE, line);
    uint64_t offset = put_line(log, line);
    if (log->err.code != ERR_NONE)
        return false;
    entry->case_offset = offset;
    entry->verdict = result->verdict;
    entry->due = log_is_due_again(result);
    return true;
}

/* The cases of other parts are theirs to tell of. */
static void keep_own(struct run_log *log)
{
    size_t shard = log->files[0].head.shard;
    size_t kept = 0;
    for (size_t i = 0; i < log->entry_count; i++) {
        if (shard == 0 || log->entries[i].shard == shard)
            log->entries[kept++] = log->entries[i];
    }
    log->entry_count = kept;
}

bool run_log_end(struct run_log *log, struct run_result *run, struct err *err)
{
    struct log_file *file = &log->files[0];
    json_t *line = json_pack("{s:s}", "record", "end");
    record_put_run(run, RECORD_END, line);
    if (log->err.code == ERR_NONE)
        put_line(log, line);
    else
        json_decref(line);
    file->ended = log->err.code == ERR_NONE;
    keep_own(log);
    log_give(log, run);
    bool written = run_log_was_read(log, err);
    err_reset(&log->err); /* of the writing: the reading has failures of its own */
    return written;
}

/* Without the line that it was cut in. */
static bool cut_tail(struct log_file *file, struct err *err)
{
    FILE *out = file->file;
    bool cut = fseeko(out, (off_t)file->whole_bytes, SEEK_SET) == 0 &&
               ftruncate(fileno(out), (off_t)file->whole_bytes) == 0 &&
               (!file->unended || fputc('\n', out) == '\n');
    file->unended = false;
    return cut || err_set_errno(err, "the log %s: cannot be written", file->name);
}

struct run_log *run_log_resume(struct run_result *run, const char *at, struct err *err)
{
    struct run_log *log = run->log;
    if (!cut_tail(&log->files[0], err))
        return NULL;
    log_note_resumed(log, 0, at);
    put_line(log, json_pack("{s:s, s:s}", "record", "resume", "at", at));
    if (!run_log_was_read(log, err))
        return NULL;
    *mem_append(&run->resumed, &run->resumed_count) = mem_dup(at);
    run->log = NULL;
    run->case_count = 0;
    return log;
}
