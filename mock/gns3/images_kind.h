/* What a kind of images is: files in memory, or files in a directory. For images*.c alone. */
#ifndef MOCK_GNS3_IMAGES_KIND_H
#define MOCK_GNS3_IMAGES_KIND_H

#include <pthread.h>

#include "mock/gns3/images.h"

/* What each does is said beside gns3_images_<name>(). */
struct gns3_images_kind {
    void (*free)(struct gns3_images *images); /* its own part, and the whole memory */
    bool (*reach)(const struct gns3_images *images, const char *path);
    bool (*has)(struct gns3_images *images, const char *path);
    struct sink *(*open)(struct gns3_images *images, const char *path, struct err *err);
    enum gns3_put (*put)(struct gns3_images *images, const struct files *files, bool replace,
                         struct err *err);
    void (*visit)(struct gns3_images *images, gns3_images_visit_fn *visit, void *context);
};

/* The first member of each kind's own struct. */
struct gns3_images {
    const struct gns3_images_kind *kind;
    char *root;   /* absolute; owned */
    char *folder; /* QEMU/ below it; owned */
    pthread_mutex_t lock;
};

void gns3_images_init(struct gns3_images *images, const struct gns3_images_kind *kind, const char *root);

#endif
