#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "reports/run_log.h"
#include "reports/writer.h"

struct report_file {
    const struct writer *writer;
    char *path;
    FILE *out; /* NULL: a file beside path is written at the end, and renamed over it */
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

/* A new file beside the path, with the mode that the report is to have: its descriptor and its owned name; -1
 * when there cannot be one. */
static int make_temporary(const char *path, char **ret_name, struct err *err)
{
    struct stat about;
    bool exists = stat(path, &about) == 0;
    int fd = -1;
    if (exists && S_ISDIR(about.st_mode))
        err_set(err, ERR_IO, "%s is a folder", path);
    else if ((exists && access(path, W_OK) != 0) || (fd = temporary_beside(path, ret_name)) < 0)
        err_set_errno(err, "cannot write %s", path);
    if (exists && fd >= 0)
        fchmod(fd, about.st_mode & 07777);
    return fd;
}

/* Nothing stays until the report is written: a run that is killed leaves no empty file. */
static bool is_replaceable(const char *path, struct err *err)
{
    char *name;
    int fd = make_temporary(path, &name, err);
    if (fd < 0)
        return false;
    close(fd);
    unlink(name);
    free(name);
    return true;
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
        return is_replaceable(file->path, err);
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

/* fclose() tells of what could not be written at the very end. The failure of standard output is told with
 * the report, and not once more at the end of the program. */
static bool close_out(FILE *out)
{
    if (out != stdout)
        return fclose(out) == 0;
    bool written = fflush(out) == 0;
    clearerr(out);
    return written;
}

static const char *name_of(const struct report_file *file)
{
    return strcmp(file->path, "-") == 0 ? "standard output" : file->path;
}

/* Closes `out`. */
static bool write_all(const struct report_file *file, const struct run_result *run, FILE *out,
                      struct err *err)
{
    bool written = file->writer->write(run, out, err) && (!run->log || run_log_was_read(run->log, err));
    if (!written)
        err_prefix(err, "%s", name_of(file));
    return (close_out(out) || err_set_errno(err, "cannot write %s", name_of(file))) && written;
}

static bool replace(const struct report_file *file, const struct run_result *run, struct err *err)
{
    char *name;
    int fd = make_temporary(file->path, &name, err);
    if (fd < 0)
        return false;
    FILE *out = fdopen(fd, "w");
    if (!out)
        close(fd);
    bool written = out ? write_all(file, run, out, err) : err_set_errno(err, "cannot write %s", file->path);
    bool replaced = written && rename(name, file->path) == 0;
    if (!replaced) {
        if (written)
            err_set_errno(err, "cannot write %s", file->path);
        unlink(name);
    }
    free(name);
    return replaced;
}

bool report_file_finish(struct report_file *file, const struct run_result *run, struct err *err)
{
    FILE *out = file->out;
    file->out = NULL;
    return out ? write_all(file, run, out, err) : replace(file, run, err);
}

void report_file_free(struct report_file *file)
{
    if (!file)
        return;
    if (file->out)
        close_out(file->out);
    free(file->path);
    free(file);
}
