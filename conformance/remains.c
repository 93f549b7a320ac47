#include "conformance/remains.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/evidence.h"

#define BODY_MAX_BYTES ((size_t)64 * 1024)
#define LINE_MAX_BYTES                                                                                       \
    ((size_t)4 << 20) /* of a body, each of whose bytes JSON may write as six, and more                      \
                       */
#define MISSING_MAX ((size_t)1 << 20)
#define SCHEMA      "imageproof.remains/1"

struct remains {
    char *path;
    int file;
    json_t *begin;
    pthread_mutex_t lock; /* guards what follows, and the file */
    json_t **entries;     /* by number, from 1; NULL: done */
    size_t entry_count;
    size_t missing; /* numbers without a line, in a file that was read */
};

/* ---- writing ---- */

/* On the disk when it returns true, and nothing of it when it does not: half a line would spoil the next. */
static bool put(struct remains *remains, const json_t *record, bool durable, struct err *err)
{
    char *text = json_dumps(record, JSON_COMPACT | JSON_PRESERVE_ORDER);
    char *line = mem_printf("%s\n", text);
    size_t length = strlen(line);
    off_t end = lseek(remains->file, 0, SEEK_END);
    bool written = end >= 0 && write(remains->file, line, length) == (ssize_t)length;
    written = written && (!durable || fdatasync(remains->file) == 0);
    free(line);
    free(text);
    if (written)
        return true;
    err_set_errno(err, "the ledger %s", remains->path);
    if (end >= 0 && ftruncate(remains->file, end) != 0)
        err_prefix(err, "a line of it may be cut");
    return false;
}

/* Takes the record: its number, or REMAINS_NONE with `err` set. */
static size_t add(struct remains *remains, json_t *record, struct err *err)
{
    pthread_mutex_lock(&remains->lock);
    size_t entry = remains->entry_count + 1;
    json_object_set_new(record, "entry", json_integer((json_int_t)entry));
    bool written = put(remains, record, true, err);
    *mem_append(&remains->entries, &remains->entry_count) = written ? record : NULL;
    pthread_mutex_unlock(&remains->lock);
    if (written)
        return entry;
    json_decref(record);
    return REMAINS_NONE;
}

static struct remains *new_at(const char *path, int flags, struct err *err)
{
    int file = open(path, flags | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        err_set_errno(err, "the ledger %s", path);
        return NULL;
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        err_set(err, ERR_IO, "the ledger %s is being written by a run that is not over", path);
        close(file);
        return NULL;
    }
    struct remains *remains = mem_alloc(sizeof *remains);
    remains->path = mem_dup(path);
    remains->file = file;
    pthread_mutex_init(&remains->lock, NULL);
    return remains;
}

struct remains *remains_create(const char *path, const struct remains_head *head, struct err *err)
{
    struct remains *remains = new_at(path, O_WRONLY | O_CREAT | O_EXCL, err);
    if (!remains)
        return NULL;
    remains->begin =
        json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?}", "record", "begin", "schema", SCHEMA, "run",
                  head->run_id, "url", head->url, "subject", head->subject, "cloud", head->cloud);
    if (put(remains, remains->begin, true, err))
        return remains;
    remains_free(remains);
    return NULL;
}

void remains_free(struct remains *remains)
{
    if (remains && remains->begin && remains_open_count(remains) == 0)
        unlink(remains->path);
    remains_close(remains);
}

void remains_close(struct remains *remains)
{
    if (!remains)
        return;
    for (size_t i = 0; i < remains->entry_count; i++)
        json_decref(remains->entries[i]);
    free(remains->entries);
    json_decref(remains->begin);
    pthread_mutex_destroy(&remains->lock);
    close(remains->file);
    free(remains->path);
    free(remains);
}

/* ---- what a request says of itself ---- */

static const char *header_of(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    }
    return NULL;
}

/* The body as a text: owned. NULL when there is none, or none of that size. */
static char *body_text(const struct request *request)
{
    uint64_t size = request->body ? body_size(request->body) : 0;
    if (size == 0 || size > BODY_MAX_BYTES)
        return NULL;
    char *text = mem_alloc((size_t)size + 1);
    if (body_read(request->body, 0, text, (size_t)size, NULL))
        return text;
    free(text);
    return NULL;
}

/* What a create of either Images API says of the image: in the body (v2) or in headers (v1). */
static json_t *said_of(const json_t *body, const struct request *request, const char *name)
{
    CLEANUP(text) char *header = mem_printf("x-image-meta-%s", name);
    const json_t *member = json_object_get(body, name);
    const char *value = json_is_string(member) ? json_string_value(member) : header_of(request, header);
    json_t *said = value ? json_string(value) : NULL;
    return said ? said : json_null(); /* what is no UTF-8 is no name that could be asked for */
}

size_t remains_made(struct remains *remains, size_t number, const char *api, const struct request *request,
                    struct err *err)
{
    CLEANUP(text) char *text = body_text(request);
    json_t *body = text ? json_loads(text, 0, NULL) : NULL;
    json_t *record =
        json_pack("{s:s, s:I, s:s, s:s, s:o, s:o}", "record", "made", "number", (json_int_t)number,
                  "identity", request->identity ? request->identity : "", "api", api, "name",
                  said_of(body, request, "name"), "id", said_of(body, request, "id"));
    json_decref(body);
    return add(remains, record, err);
}

/* A new reference; NULL when a word is no UTF-8. */
static json_t *run_record(size_t number, const struct request *request)
{
    json_t *words = json_array();
    for (size_t i = 0; i < request->run_count; i++)
        json_array_append_new(words, json_string(request->run[i]));
    bool whole = json_array_size(words) == request->run_count;
    json_t *record =
        json_pack("{s:s, s:I, s:s, s:o, s:I}", "record", "undo", "number", (json_int_t)number, "identity",
                  request->identity, "run", words, "timeout_ms", (json_int_t)request->run_timeout_ms);
    if (whole)
        return record;
    json_decref(record);
    return NULL;
}

static json_t *send_record(size_t number, const char *base, const struct request *request)
{
    CLEANUP(text) char *text = body_text(request);
    json_t *headers = json_object();
    for (size_t i = 0; i < request->header_count; i++) {
        if (!evidence_is_secret_header(request->headers[i].name) && request->headers[i].value)
            json_object_set_new(headers, request->headers[i].name, json_string(request->headers[i].value));
    }
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:o, s:s?}", "record", "undo", "number", (json_int_t)number,
                     "identity", request->identity ? request->identity : "", "method", request->method,
                     "path", request->url + strlen(base), "headers", headers, "body", text);
}

size_t remains_undo(struct remains *remains, size_t number, const char *base, const struct request *request,
                    struct err *err)
{
    json_t *record = request->run ? run_record(number, request) : send_record(number, base, request);
    if (record)
        return add(remains, record, err);
    err_set(err, ERR_VALUE, "the ledger cannot hold what is no UTF-8: %s %s", request->method, request->url);
    return REMAINS_NONE;
}

void remains_done(struct remains *remains, size_t entry)
{
    if (entry == REMAINS_NONE)
        return;
    json_t *record = json_pack("{s:s, s:I}", "record", "done", "entry", (json_int_t)entry);
    pthread_mutex_lock(&remains->lock);
    put(remains, record, false, NULL); /* what is undone twice is undone */
    json_decref(remains->entries[entry - 1]);
    remains->entries[entry - 1] = NULL;
    pthread_mutex_unlock(&remains->lock);
    json_decref(record);
}

/* ---- reading ---- */

static bool is_record(const json_t *record, const char *kind)
{
    const char *text = json_string_value(json_object_get(record, "record"));
    return text && strcmp(text, kind) == 0;
}

/* Entries are numbered in the order of their lines; a number whose line could not be written is missing. */
static bool take_entry(struct remains *remains, json_t *record)
{
    json_int_t number = json_integer_value(json_object_get(record, "entry"));
    size_t entry = number > 0 ? (size_t)number : REMAINS_NONE;
    if (is_record(record, "done")) {
        if (entry == REMAINS_NONE || entry > remains->entry_count)
            return false;
        json_decref(remains->entries[entry - 1]);
        remains->entries[entry - 1] = NULL;
        return true;
    }
    if (!(is_record(record, "made") || is_record(record, "undo")) || entry <= remains->entry_count ||
        entry - remains->entry_count > MISSING_MAX - remains->missing)
        return false;
    remains->missing += entry - remains->entry_count - 1;
    while (remains->entry_count < entry)
        mem_append(&remains->entries, &remains->entry_count);
    remains->entries[entry - 1] = json_incref(record);
    return true;
}

static bool take_line(struct remains *remains, json_t *record)
{
    if (remains->begin)
        return take_entry(remains, record);
    const char *schema = json_string_value(json_object_get(record, "schema"));
    if (!is_record(record, "begin") || !schema || strcmp(schema, SCHEMA) != 0)
        return false;
    remains->begin = json_incref(record);
    return true;
}

/* The next line, without its newline; false at the end of the file. *ret_whole: it has one. */
static bool next_line(FILE *file, struct buf *line, bool *ret_whole)
{
    int c;
    buf_clear(line);
    while ((c = getc_unlocked(file)) != EOF && c != '\n' && !line->full)
        buf_putc(line, (char)c);
    *ret_whole = c == '\n';
    return c != EOF || line->length > 0;
}

static bool read_line(struct remains *remains, const struct buf *line, size_t number, struct err *err)
{
    json_t *record = line->full ? NULL : json_loadb(line->data, line->length, 0, NULL);
    bool taken = record && take_line(remains, record);
    json_decref(record);
    return taken || err_set_at(err, ERR_SYNTAX, remains->path, number, 0, "this is no line of a ledger");
}

/* The last line may have been cut off: what it is about was not sent, and it makes room for the next one. A
 * file that is no ledger is left as it is. */
static bool read_lines(struct remains *remains, FILE *file, struct buf *line, struct err *err)
{
    off_t whole_bytes = 0;
    bool whole = true;
    for (size_t number = 1; next_line(file, line, &whole) && whole; number++) {
        if (!read_line(remains, line, number, err))
            return false;
        whole_bytes = ftello(file);
    }
    if (ferror(file))
        return err_set_errno(err, "%s", remains->path);
    if (!remains->begin || line->full)
        return err_set(err, ERR_SYNTAX, "%s is no ledger", remains->path);
    return whole || ftruncate(remains->file, whole_bytes) == 0 || err_set_errno(err, "%s", remains->path);
}

static bool read_file(struct remains *remains, struct err *err)
{
    struct stat about;
    if (fstat(remains->file, &about) != 0 || !S_ISREG(about.st_mode))
        return err_set(err, ERR_VALUE, "%s is no ledger: it is no regular file", remains->path);
    FILE *file = fopen(remains->path, "re");
    if (!file)
        return err_set_errno(err, "%s", remains->path);
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    bool read = read_lines(remains, file, &line, err);
    buf_fini(&line);
    fclose(file);
    return read;
}

struct remains *remains_load(const char *path, struct err *err)
{
    struct remains *remains = new_at(path, O_RDWR | O_NONBLOCK, err);
    if (remains && read_file(remains, err))
        return remains;
    remains_close(remains);
    return NULL;
}

/* ---- asking ---- */

const char *remains_path(const struct remains *remains)
{
    return remains->path;
}

const json_t *remains_begin(const struct remains *remains)
{
    return remains->begin;
}

json_t *remains_open(struct remains *remains)
{
    json_t *open = json_array();
    pthread_mutex_lock(&remains->lock);
    for (size_t i = remains->entry_count; i-- > 0;) {
        if (remains->entries[i])
            json_array_append(open, remains->entries[i]);
    }
    pthread_mutex_unlock(&remains->lock);
    return open;
}

size_t remains_open_count(struct remains *remains)
{
    json_t *open = remains_open(remains);
    size_t count = json_array_size(open);
    json_decref(open);
    return count;
}
