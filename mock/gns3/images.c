#include "mock/gns3/images_kind.h"

#include <stdlib.h>

#include "base/mem.h"

void gns3_images_init(struct gns3_images *images, const struct gns3_images_kind *kind, const char *root)
{
    images->kind = kind;
    images->root = mem_dup(root);
    images->folder = mem_printf("%s/QEMU", root);
    pthread_mutex_init(&images->lock, NULL);
}

void gns3_images_free(struct gns3_images *images)
{
    if (!images)
        return;
    pthread_mutex_destroy(&images->lock);
    free(images->root);
    free(images->folder);
    images->kind->free(images);
}

const char *gns3_images_folder(const struct gns3_images *images)
{
    return images->folder;
}

bool gns3_images_reach(const struct gns3_images *images, const char *path)
{
    return images->kind->reach(images, path);
}

bool gns3_images_has(struct gns3_images *images, const char *path)
{
    return images->kind->has(images, path);
}

struct sink *gns3_images_open(struct gns3_images *images, const char *path, struct err *err)
{
    return images->kind->open(images, path, err);
}

enum gns3_put gns3_images_put(struct gns3_images *images, const struct files *files, bool replace,
                              struct err *err)
{
    return images->kind->put(images, files, replace, err);
}

void gns3_images_visit(struct gns3_images *images, gns3_images_visit_fn *visit, void *context)
{
    images->kind->visit(images, visit, context);
}

void gns3_images_lock(struct gns3_images *images)
{
    pthread_mutex_lock(&images->lock);
}

void gns3_images_unlock(struct gns3_images *images)
{
    pthread_mutex_unlock(&images->lock);
}
