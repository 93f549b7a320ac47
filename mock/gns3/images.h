/* The files of images of the GNS3 API. They are in memory, where there are the images' own folder, those
 * above it and /tmp, or in a real directory, and then nothing outside of it is ever looked at. Safe for many
 * threads at once. */
#ifndef MOCK_GNS3_IMAGES_H
#define MOCK_GNS3_IMAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "fixtures/builders/files.h"
#include "mock/space.h"

/* Really written bytes of one image at most: one of 8 EiB with `preallocation` may be asked for. */
#define GNS3_IMAGE_BYTES_MAX (UINT64_C(256) << 20)

struct gns3_images;

/* `space` is borrowed, and bounds all files together. */
struct gns3_images *gns3_images_new_memory(struct space *space);
/* A directory that is there; images go to QEMU/ in it, which is made when it is missing. NULL with `err` set.
 */
struct gns3_images *gns3_images_new_directory(const char *path, struct err *err);
void gns3_images_free(struct gns3_images *images); /* accepts NULL */

/* Where paths that are not absolute lead: ".../QEMU". Borrowed. */
const char *gns3_images_folder(const struct gns3_images *images);

/* `path` is always a `real` one of gns3_path_init(). */

/* Whether the path is one that this server may touch. */
bool gns3_images_reach(const struct gns3_images *images, const char *path);
/* Whether anything has that path: a file, a directory, a symbolic link. */
bool gns3_images_has(struct gns3_images *images, const char *path);
/* A regular file, to be read; its content never changes. Owned, NULL with `err` set. */
struct sink *gns3_images_open(struct gns3_images *images, const char *path, struct err *err);

enum gns3_put {
    GNS3_PUT,
    GNS3_PUT_TAKEN, /* something has the path of one of the files already */
    GNS3_PUT_FAILED,
};

/* All files or none, under their names as paths. With `replace`, files that are there give way. */
enum gns3_put gns3_images_put(struct gns3_images *images, const struct files *files, bool replace,
                              struct err *err);

/* Visits the regular files right in the folder, in order of their names. */
typedef void gns3_images_visit_fn(void *context, const char *name, const struct sink *file);
void gns3_images_visit(struct gns3_images *images, gns3_images_visit_fn *visit, void *context);

/* Held from reading an image until what replaces it is there, so that no change is lost. */
void gns3_images_lock(struct gns3_images *images);
void gns3_images_unlock(struct gns3_images *images);

#endif
