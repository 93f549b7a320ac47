/* Images in a real directory. Every path is looked up below a descriptor of that directory, and no symbolic
 * link on the way is followed (openat2(2): RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "mock/gns3/images_kind.h"
#include "mock/gns3/path.h"

struct directory_images {
    struct gns3_images base;
    int root;
};

/* Where a path leads: an open directory, and a name in it. */
struct place {
    int directory; /* -1: none */
    const char *name;
};

static const struct directory_images *directory_of(const struct gns3_images *images)
{
    return (const struct directory_images *)images;
}

static void directory_free(struct gns3_images *base)
{
    struct directory_images *images = (struct directory_images *)base;
    close(images->root);
    free(images);
}

static int open_beneath(int directory, const char *path, uint64_t flags)
{
    const struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

static bool directory_reach(const struct gns3_images *images, const char *path)
{
    return gns3_path_below(images->root, path) != NULL;
}

static void leave_place(const struct place *place)
{
    if (place->directory >= 0)
        close(place->directory);
}

static struct place find_place(const struct gns3_images *images, const char *path)
{
    const char *below = gns3_path_below(images->root, path);
    if (!below || !*below) {
        errno = EXDEV;
        return (struct place){-1, NULL};
    }
    const char *slash = strrchr(below, '/');
    CLEANUP(text) char *parent = slash ? mem_dup_n(below, (size_t)(slash - below)) : mem_dup(".");
    int directory = open_beneath(directory_of(images)->root, parent, O_PATH | O_DIRECTORY);
    return (struct place){directory, slash ? slash + 1 : below};
}

static bool directory_has(struct gns3_images *images, const char *path)
{
    struct stat status;
    if (strcmp(path, images->root) == 0)
        return true;
    const struct place place = find_place(images, path);
    bool has =
        place.directory >= 0 && fstatat(place.directory, place.name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    leave_place(&place);
    return has;
}

/* Whoever waits at the other end of a pipe is not waited for. */
static struct sink *directory_open(struct gns3_images *images, const char *path, struct err *err)
{
    const struct place place = find_place(images, path);
    int file = place.directory < 0 ? -1 : open_beneath(place.directory, place.name, O_RDONLY | O_NONBLOCK);
    if (file < 0)
        err_set_errno(err, "cannot open %s", path);
    leave_place(&place);
    return file < 0 ? NULL : sink_new_descriptor(path, file, err);
}

/* A file whose every byte has room keeps that: `preallocation` was asked for. */
static bool copy_content(const struct sink *from, int descriptor, const char *path, struct err *err)
{
    CLEANUP(sink_free) struct sink *to = sink_new_descriptor(path, descriptor, err);
    if (!to || !sink_resize(to, sink_size(from), err))
        return false;
    if (sink_allocated(from) >= sink_size(from) && !sink_reserve(to, 0, sink_size(from), err))
        return false;
    return sink_copy(to, 0, from, 0, sink_size(from), err);
}

static bool write_temporary(const struct place *place, const char *temporary, const struct sink *from,
                            const char *path, struct err *err)
{
    int file = openat(place->directory, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0)
        return err_set_errno(err, "cannot create %s", path);
    return copy_content(from, file, path, err);
}

static enum gns3_put put_file(const struct gns3_images *images, const char *path, const struct sink *from,
                              bool replace, struct err *err)
{
    char temporary[UUID_SIZE + 1] = ".";
    uuid_make(temporary + 1);
    const struct place place = find_place(images, path);
    enum gns3_put result = GNS3_PUT_FAILED;
    if (place.directory < 0) {
        err_set_errno(err, "cannot create %s", path);
    } else if (write_temporary(&place, temporary, from, path, err)) {
        if (renameat2(place.directory, temporary, place.directory, place.name,
                      replace ? 0 : RENAME_NOREPLACE) == 0)
            result = GNS3_PUT;
        else if (errno == EEXIST || errno == EISDIR)
            result = GNS3_PUT_TAKEN;
        else
            err_set_errno(err, "cannot create %s", path);
    }
    if (place.directory >= 0 && result != GNS3_PUT)
        unlinkat(place.directory, temporary, 0);
    leave_place(&place);
    return result;
}

static void withdraw(const struct gns3_images *images, const char *path)
{
    const struct place place = find_place(images, path);
    if (place.directory >= 0)
        unlinkat(place.directory, place.name, 0);
    leave_place(&place);
}

/* The last first, so that nobody sees an image without its extents. What was replaced cannot be brought
 * back, so then the new files stay. */
static enum gns3_put directory_put(struct gns3_images *images, const struct files *files, bool replace,
                                   struct err *err)
{
    size_t count = 0;
    while (files_name(files, count))
        count++;
    for (size_t i = count; i-- > 0;) {
        enum gns3_put result = put_file(images, files_name(files, i), files_sink(files, i), replace, err);
        if (result == GNS3_PUT)
            continue;
        for (size_t done = i + 1; done < count && !replace; done++)
            withdraw(images, files_name(files, done));
        return result;
    }
    return GNS3_PUT;
}

static void visit_name(struct gns3_images *images, const char *name, gns3_images_visit_fn *visit,
                       void *context)
{
    struct err err = ERR_INIT;
    CLEANUP(text) char *path = mem_printf("%s/%s", images->folder, name);
    CLEANUP(sink_free) struct sink *file = directory_open(images, path, &err);
    if (file)
        visit(context, name, file);
}

/* Entries that are no regular files, or symbolic links, cannot be opened here, and so are left out. */
static void directory_visit(struct gns3_images *images, gns3_images_visit_fn *visit, void *context)
{
    int folder = open_beneath(directory_of(images)->root, "QEMU", O_RDONLY | O_DIRECTORY);
    DIR *stream = folder < 0 ? NULL : fdopendir(folder);
    if (!stream) {
        if (folder >= 0)
            close(folder);
        return;
    }
    for (const struct dirent *entry = readdir(stream); entry; entry = readdir(stream))
        visit_name(images, entry->d_name, visit, context);
    closedir(stream);
}

struct gns3_images *gns3_images_new_directory(const char *path, struct err *err)
{
    static const struct gns3_images_kind kind = {
        directory_free, directory_reach, directory_has, directory_open, directory_put, directory_visit,
    };
    CLEANUP(text) char *root = realpath(path, NULL);
    int directory = root ? open(root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (directory < 0) {
        err_set_errno(err, "cannot open the directory %s", path);
        return NULL;
    }
    if (mkdirat(directory, "QEMU", 0777) != 0 && errno != EEXIST) {
        err_set_errno(err, "cannot make QEMU/ in %s", path);
        close(directory);
        return NULL;
    }
    struct directory_images *images = mem_alloc(sizeof *images);
    gns3_images_init(&images->base, &kind, root);
    images->root = directory;
    return &images->base;
}
