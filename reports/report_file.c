#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "reports/writer.h"

struct report_file {
    const struct writer *writer;
    char *path;
    char *temporary; /* beside path, renamed over it at the end; NULL: written straight */
    FILE *out;
};

static bool set_writer(struct report_file *file, const char *spec, size_t length, struct err *err)
{
    char *name = mem_dup_n(spec, length);
    file->writer = writer_find(name);
    if (!file->writer) {
        struct buf known;
        buf_init(&known, BUF_KIB);
        for (const struct writer *const *writer = writer_all(); *writer; writer++)
            buf_printf(&known, "%s%s", known.length ? ", " : "", (*writer)->name);
        err_set(err, ERR_VALUE, "there is no form '%s': want one of %s", name, known.data);
        buf_fini(&known);
    }
    free(name);
    return file->writer;
}

/* Names of open files: beside them there is no room, and replacing them changes nobody's file. */
static const char *const descriptors[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/"};

/* A pipe, a terminal, /dev/null: nothing that could be replaced. */
static bool is_special(const char *path)
{
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        if (strncmp(path, descriptors[i], strlen(descriptors[i])) == 0)
            return true;
    }
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

static bool open_temporary(struct report_file *file, struct err *err)
{
    struct stat about;
    bool exists = stat(file->path, &about) == 0;
    if (exists && S_ISDIR(about.st_mode))
        return err_set(err, ERR_IO, "%s is a folder", file->path);
    if (exists && access(file->path, W_OK) != 0)
        return err_set_errno(err, "cannot write %s", file->path);
    char *temporary = mem_printf("%s.XXXXXX", file->path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        err_set_errno(err, "cannot write %s", file->path);
        free(temporary);
        return false;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, exists ? about.st_mode & 07777 : 0666 & ~mask);
    file->temporary = temporary;
    file->out = fdopen(fd, "w");
    if (file->out)
        return true;
    err_set_errno(err, "cannot write %s", file->path);
    close(fd);
    return false;
}

/* A link stays a link: what it leads to is replaced. */
static void follow_link(struct report_file *file)
{
    char *target = realpath(file->path, NULL);
    if (!target)
        return;
    free(file->path);
    file->path = target;
}

static bool open_out(struct report_file *file, struct err *err)
{
    if (strcmp(file->path, "-") == 0) {
        file->out = stdout;
        return true;
    }
    if (!is_special(file->path)) {
        follow_link(file);
        return open_temporary(file, err);
    }
    file->out = fopen(file->path, "ae"); /* what a shell sent there before stays */
    return file->out || err_set_errno(err, "cannot write %s", file->path);
}

struct report_file *report_file_open(const char *spec, struct err *err)
{
    const char *equals = strchr(spec, '=');
    if (!equals || !equals[1]) {
        err_set(err, ERR_VALUE, "'%s' is no FORM=PATH", spec);
        return NULL;
    }
    struct report_file *file = mem_alloc(sizeof *file);
    file->path = mem_dup(equals + 1);
    if (set_writer(file, spec, (size_t)(equals - spec), err) && open_out(file, err))
        return file;
    report_file_free(file);
    return NULL;
}

/* fclose() tells of what could not be written at the very end. */
static bool close_out(struct report_file *file)
{
    FILE *out = file->out;
    file->out = NULL;
    return out == stdout ? fflush(out) == 0 : fclose(out) == 0;
}

bool report_file_finish(struct report_file *file, const struct run_result *run, struct err *err)
{
    if (!file->writer->write(run, file->out, err)) {
        err_prefix(err, "%s", file->path);
        return false;
    }
    if (!close_out(file))
        return err_set_errno(err, "cannot write %s", file->path);
    if (!file->temporary)
        return true;
    if (rename(file->temporary, file->path) != 0)
        return err_set_errno(err, "cannot write %s", file->path);
    free(file->temporary);
    file->temporary = NULL;
    return true;
}

void report_file_free(struct report_file *file)
{
    if (!file)
        return;
    if (file->out)
        close_out(file);
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    free(file);
}
