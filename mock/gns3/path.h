/* Paths of images, as a request names them and as they are looked up (truth, gns3-compute-v2: "Order of
 * checks"). */
#ifndef MOCK_GNS3_PATH_H
#define MOCK_GNS3_PATH_H

#include <stdbool.h>

#define GNS3_PATH_MAX 4095 /* bytes: PATH_MAX without its NUL */
#define GNS3_NAME_MAX 255  /* bytes of one part */

struct gns3_path {
    char *shown; /* as messages have it; owned */
    char *real;  /* absolute, no part empty, `.` or `..`; owned */
};

/* What is not absolute is only its last part, below `folder`. */
void gns3_path_init(struct gns3_path *path, const char *folder, const char *text);
void gns3_path_fini(struct gns3_path *path); /* accepts NULL */
/* Whether a file of that name can be at all. */
bool gns3_path_fits(const struct gns3_path *path);

/* The part of `path` below `root`, without a slash at its start; "" for the root itself, NULL outside of it.
 * Borrowed from path. */
const char *gns3_path_below(const char *root, const char *path);

#endif
