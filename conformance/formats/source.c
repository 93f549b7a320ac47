#include "conformance/formats/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* Headers, markers and table entries are read a few bytes at a time, and near each other, by turns in a few
 * places: a directory and its copy, a table and its copy. */
#define WINDOW_BYTES ((size_t)16 * 1024)
#define WINDOW_COUNT 4

struct window {
    uint64_t at;
    size_t length;
    uint8_t bytes[WINDOW_BYTES];
};

struct source {
    int file; /* -1 of memory */
    const uint8_t *memory;
    uint64_t size;
    char *path;
    struct window windows[WINDOW_COUNT];
    size_t next_window; /* that is filled next */
    struct err error;
};

static struct source *new_source(int file, const char *path, uint64_t size)
{
    struct source *source = mem_alloc(sizeof *source);
    source->file = file;
    source->path = mem_dup(path);
    source->size = size;
    source->error = (struct err)ERR_INIT;
    return source;
}

/* Takes the descriptor over. The size of a device is where its end is, not what stat says. */
static struct source *adopt(int file, const char *path, struct err *err)
{
    struct stat info;
    if (fstat(file, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISBLK(info.st_mode))) {
        err_set_at(err, ERR_IO, path, 0, 0, "is no regular file");
        close(file);
        return NULL;
    }
    off_t end = lseek(file, 0, SEEK_END);
    if (end < 0) {
        err_set_errno(err, "%s: no size", path);
        close(file);
        return NULL;
    }
    return new_source(file, path, (uint64_t)end);
}

struct source *source_open(const char *path, struct err *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* opening a pipe must not wait for a writer */
    if (file < 0) {
        err_set_errno(err, "%s", path);
        return NULL;
    }
    return adopt(file, path, err);
}

struct source *source_open_sibling(const struct source *source, const char *name, struct err *err)
{
    if (source->file < 0 || !*name || strchr(name, '/')) {
        err_set(err, ERR_VALUE, "%s is no file beside the image", name);
        return NULL;
    }
    const char *slash = strrchr(source->path, '/');
    int folder_length = slash ? (int)(slash + 1 - source->path) : 0;
    CLEANUP(text) char *path = mem_printf("%.*s%s", folder_length, source->path, name);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (file < 0) {
        err_set_errno(err, "%s", path);
        return NULL;
    }
    return adopt(file, path, err);
}

struct source *source_from_memory(const void *bytes, size_t length)
{
    struct source *source = new_source(-1, "", length);
    source->memory = bytes;
    return source;
}

void source_free(struct source *source)
{
    if (!source)
        return;
    if (source->file >= 0)
        close(source->file);
    free(source->path);
    free(source);
}

uint64_t source_size(const struct source *source)
{
    return source->size;
}

const char *source_path(const struct source *source)
{
    return source->path;
}

bool source_has(const struct source *source, uint64_t offset, uint64_t length)
{
    return offset <= source->size && length <= source->size - offset;
}

static bool read_file(struct source *source, uint64_t offset, uint8_t *out, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = pread(source->file, out + done, length - done, (off_t)(offset + done));
        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0) {
            return err_set_at(&source->error, ERR_IO, source->path, 0, 0, "became shorter while it was read");
        } else if (errno != EINTR) {
            return err_set_errno(&source->error, "%s: cannot be read at %" PRIu64, source->path,
                                 (offset + done));
        }
    }
    return true;
}

/* The window that holds these bytes; NULL when there is none. */
static const struct window *find_window(const struct source *source, uint64_t offset, size_t length)
{
    for (size_t i = 0; i < WINDOW_COUNT; i++) {
        const struct window *window = &source->windows[i];
        if (offset >= window->at && offset - window->at <= window->length &&
            length <= window->length - (size_t)(offset - window->at))
            return window;
    }
    return NULL;
}

/* NULL when it cannot be read. */
static const struct window *fill_window(struct source *source, uint64_t offset)
{
    uint64_t at = offset / WINDOW_BYTES * WINDOW_BYTES;
    uint64_t left = source->size - at;
    struct window *window = &source->windows[source->next_window];
    source->next_window = (source->next_window + 1) % WINDOW_COUNT;
    window->at = at;
    window->length = 0;
    size_t length = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
    if (!read_file(source, at, window->bytes, length))
        return NULL;
    window->length = length;
    return window;
}

bool source_read(struct source *source, uint64_t offset, void *out, size_t length)
{
    if (source->error.code != ERR_NONE || !source_has(source, offset, length))
        return false;
    if (source->memory) {
        if (length > 0)
            memcpy(out, source->memory + offset, length);
        return true;
    }
    if (offset / WINDOW_BYTES != (offset + length) / WINDOW_BYTES)
        return read_file(source, offset, out, length);
    const struct window *window = find_window(source, offset, length);
    if (!window)
        window = fill_window(source, offset);
    if (window)
        memcpy(out, window->bytes + (offset - window->at), length);
    return window;
}

const struct err *source_error(const struct source *source)
{
    return &source->error;
}
