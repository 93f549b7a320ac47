#include "conformance/formats/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* Headers, markers and table entries are read a few bytes at a time, and near each other. */
#define WINDOW_BYTES ((size_t)16 * 1024)

struct source {
    int file; /* -1 of memory */
    const uint8_t *memory;
    uint64_t size;
    char *path;
    uint8_t window[WINDOW_BYTES];
    uint64_t window_at;
    size_t window_length;
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

static bool fill_window(struct source *source, uint64_t offset)
{
    uint64_t at = offset / WINDOW_BYTES * WINDOW_BYTES;
    uint64_t left = source->size - at;
    size_t length = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;
    source->window_length = 0;
    if (!read_file(source, at, source->window, length))
        return false;
    source->window_at = at;
    source->window_length = length;
    return true;
}

static bool in_window(const struct source *source, uint64_t offset, size_t length)
{
    return offset >= source->window_at && offset - source->window_at <= source->window_length &&
           length <= source->window_length - (size_t)(offset - source->window_at);
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
    if (!in_window(source, offset, length) && !fill_window(source, offset))
        return false;
    memcpy(out, source->window + (offset - source->window_at), length);
    return true;
}

const struct err *source_error(const struct source *source)
{
    return &source->error;
}
