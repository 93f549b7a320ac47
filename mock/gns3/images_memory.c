/* Images in memory. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/gns3/images_kind.h"
#include "mock/gns3/path.h"

#define ROOT      "/opt/gns3/images"
#define ROOT_QEMU "/opt/gns3/images/QEMU"

/* Below these, files can be made. */
static const char *const directories[] = {"/", "/opt", "/opt/gns3", ROOT, ROOT_QEMU, "/tmp"};

struct memory_file {
    char *path; /* owned */
    struct sink *sink;
    uint64_t bytes; /* taken from the space */
};

struct memory_images {
    struct gns3_images base;
    struct space *space;
    pthread_mutex_t lock; /* of the tree */
    void *tree;           /* of struct memory_file, by path: tsearch(3) */
};

static struct memory_images *memory_of(struct gns3_images *images)
{
    return (struct memory_images *)images;
}

static int by_path(const void *left, const void *right)
{
    return strcmp(((const struct memory_file *)left)->path, ((const struct memory_file *)right)->path);
}

static struct memory_file *find(const struct memory_images *images, const char *path)
{
    const struct memory_file key = {.path = (char *)(uintptr_t)path};
    void *found = tfind(&key, &images->tree, by_path);
    return found ? *(struct memory_file **)found : NULL;
}

static void free_file(void *file)
{
    sink_free(((struct memory_file *)file)->sink);
    free(((struct memory_file *)file)->path);
    free(file);
}

static void memory_free(struct gns3_images *base)
{
    struct memory_images *images = memory_of(base);
    tdestroy(images->tree, free_file);
    pthread_mutex_destroy(&images->lock);
    free(images);
}

static bool memory_reach(const struct gns3_images *images, const char *path)
{
    (void)images;
    (void)path;
    return true;
}

static bool is_directory(const char *path, size_t length)
{
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        if (strlen(directories[i]) == length && memcmp(directories[i], path, length) == 0)
            return true;
    }
    return false;
}

static bool memory_has(struct gns3_images *base, const char *path)
{
    struct memory_images *images = memory_of(base);
    pthread_mutex_lock(&images->lock);
    bool has = is_directory(path, strlen(path)) || find(images, path);
    pthread_mutex_unlock(&images->lock);
    return has;
}

static struct sink *memory_open(struct gns3_images *base, const char *path, struct err *err)
{
    struct memory_images *images = memory_of(base);
    pthread_mutex_lock(&images->lock);
    const struct memory_file *file = find(images, path);
    struct sink *sink = file ? sink_share(file->sink, err) : NULL;
    pthread_mutex_unlock(&images->lock);
    if (!file)
        err_set(err, ERR_VALUE, "there is no file %s", path);
    return sink;
}

static bool parent_is_there(const char *path)
{
    size_t length = (size_t)(strrchr(path, '/') - path);
    return is_directory(path, length ? length : 1);
}

static enum gns3_put check_names(const struct memory_images *images, const struct files *files, bool replace,
                                 struct err *err)
{
    for (size_t i = 0; files_name(files, i); i++) {
        const char *name = files_name(files, i);
        if (!parent_is_there(name)) {
            err_set(err, ERR_VALUE, "there is no directory for %s", name);
            return GNS3_PUT_FAILED;
        }
        if (is_directory(name, strlen(name)) || (!replace && find(images, name)))
            return GNS3_PUT_TAKEN;
    }
    return GNS3_PUT;
}

static void free_files(struct memory_file **made, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_file(made[i]);
    free(made);
}

/* The files to be inserted; NULL with `err` set when not all can be opened. */
static struct memory_file **prepare(const struct files *files, size_t *ret_count, struct err *err)
{
    struct memory_file **made = NULL;
    size_t count = 0;
    while (files_name(files, count)) {
        struct memory_file *file = mem_alloc(sizeof *file);
        const struct sink *sink = files_sink(files, count);
        *file = (struct memory_file){mem_dup(files_name(files, count)), sink_share(sink, err),
                                     sink_allocated(sink)};
        *mem_append(&made, &count) = file;
        if (!file->sink) {
            free_files(made, count);
            return NULL;
        }
    }
    *ret_count = count;
    return made;
}

static bool take_room(struct space *space, struct memory_file *const *made, size_t count, struct err *err)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += made[i]->bytes;
    return space_take_memory(space, bytes) || err_set(err, ERR_LIMIT, "no space left on device");
}

static void insert(struct memory_images *images, struct memory_file *file)
{
    struct memory_file **slot = tsearch(file, &images->tree, by_path);
    if (!slot)
        abort(); /* a process without memory for a node: as in base/mem.h */
    if (*slot == file)
        return;
    space_give_memory(images->space, (*slot)->bytes);
    free_file(*slot);
    *slot = file;
}

static enum gns3_put put_locked(struct memory_images *images, struct memory_file **made, size_t count,
                                const struct files *files, bool replace, struct err *err)
{
    enum gns3_put result = check_names(images, files, replace, err);
    if (result == GNS3_PUT && !take_room(images->space, made, count, err))
        result = GNS3_PUT_FAILED;
    for (size_t i = 0; i < count && result == GNS3_PUT; i++)
        insert(images, made[i]);
    return result;
}

static enum gns3_put memory_put(struct gns3_images *base, const struct files *files, bool replace,
                                struct err *err)
{
    struct memory_images *images = memory_of(base);
    size_t count;
    struct memory_file **made = prepare(files, &count, err);
    if (!made)
        return GNS3_PUT_FAILED;
    pthread_mutex_lock(&images->lock);
    enum gns3_put result = put_locked(images, made, count, files, replace, err);
    pthread_mutex_unlock(&images->lock);
    free_files(made, result == GNS3_PUT ? 0 : count);
    return result;
}

/* The files of the folder, as they were at one moment. */
struct walk {
    const char *folder;
    struct memory_file *files; /* names, and handles of their own */
    size_t count;
};

static void note_node(const void *node, VISIT order, void *context)
{
    struct walk *walk = context;
    const struct memory_file *file = *(struct memory_file *const *)node;
    const char *name = gns3_path_below(walk->folder, file->path);
    struct sink *sink = (order == postorder || order == leaf) && name ? sink_share(file->sink, NULL) : NULL;
    if (sink)
        *mem_append(&walk->files, &walk->count) = (struct memory_file){mem_dup(name), sink, 0};
}

static void memory_visit(struct gns3_images *base, gns3_images_visit_fn *visit, void *context)
{
    struct memory_images *images = memory_of(base);
    struct walk walk = {.folder = base->folder};
    pthread_mutex_lock(&images->lock);
    twalk_r(images->tree, note_node, &walk);
    pthread_mutex_unlock(&images->lock);
    for (size_t i = 0; i < walk.count; i++) {
        visit(context, walk.files[i].path, walk.files[i].sink);
        sink_free(walk.files[i].sink);
        free(walk.files[i].path);
    }
    free(walk.files);
}

struct gns3_images *gns3_images_new_memory(struct space *space)
{
    static const struct gns3_images_kind kind = {
        memory_free, memory_reach, memory_has, memory_open, memory_put, memory_visit,
    };
    struct memory_images *images = mem_alloc(sizeof *images);
    gns3_images_init(&images->base, &kind, ROOT);
    images->space = space;
    pthread_mutex_init(&images->lock, NULL);
    return &images->base;
}
