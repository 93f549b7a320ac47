#include "conformance/case/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"

#define BLOCK_BYTES ((size_t)4096)

void case_files_fini(struct case_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        CLEANUP(text) char *path = mem_printf("%s/%s", files->folder, files->names[i]);
        unlink(path);
        free(files->names[i]);
    }
    if (files->folder)
        rmdir(files->folder);
    free(files->names);
    free(files->folder);
    *files = (struct case_files){0};
}

static bool make_folder(struct case_files *files, struct err *err)
{
    if (!files->folder)
        files->folder = temporary_folder();
    return files->folder || err_set_errno(err, "cannot make a folder for the files of a case");
}

static void note_name(struct case_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->names[i], name) == 0)
            return;
    }
    *mem_append(&files->names, &files->count) = mem_dup(name);
}

bool case_file_open(struct case_files *files, const char *name, struct case_file *ret_file, struct err *err)
{
    if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return err_set(err, ERR_VALUE, "'%s' is no name of a file", name);
    if (!make_folder(files, err))
        return false;
    char *path = mem_printf("%s/%s", files->folder, name);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        err_set_errno(err, "cannot keep %s", path);
        free(path);
        return false;
    }
    note_name(files, name);
    *ret_file = (struct case_file){.descriptor = descriptor, .path = path, .err = ERR_INIT};
    return true;
}

static bool is_zero(const char *bytes, size_t length)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

static bool write_piece(struct case_file *file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = pwrite(file->descriptor, bytes, length, (off_t)file->length);
        if (written < 0 && errno != EINTR)
            return err_set_errno(&file->err, "cannot write %s", file->path);
        size_t done = written < 0 ? 0 : (size_t)written;
        bytes += done;
        length -= done;
        file->length += done;
    }
    return true;
}

void case_file_write(struct case_file *file, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0 && file->err.code == ERR_NONE) {
        size_t piece = length < BLOCK_BYTES ? length : BLOCK_BYTES;
        if (is_zero(next, piece))
            file->length += piece;
        else
            write_piece(file, next, piece);
        next += piece;
        length -= piece;
    }
}

bool case_file_end(struct case_file *file, struct err *err)
{
    if (file->err.code == ERR_NONE && ftruncate(file->descriptor, (off_t)file->length) != 0)
        err_set_errno(&file->err, "cannot write %s", file->path);
    return file->err.code == ERR_NONE || err_set(err, file->err.code, "%s", file->err.text);
}

void case_file_fini(struct case_file *file)
{
    if (!file || !file->path)
        return;
    close(file->descriptor);
    free(file->path);
    *file = (struct case_file){0};
}
