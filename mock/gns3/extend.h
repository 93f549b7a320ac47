/* Lengthening images: in place in a copy where the format can, otherwise made anew from what is in them. */
#ifndef MOCK_GNS3_EXTEND_H
#define MOCK_GNS3_EXTEND_H

#include "mock/gns3/images.h"
#include "mock/rules.h"

enum gns3_extended {
    GNS3_EXTENDED,
    GNS3_UNCHANGED, /* a broken rule leaves the image alone */
    GNS3_NOT_EXTENDED,
};

/* The image of that path, longer by so many bytes, goes into `files`, whose names are paths. */
enum gns3_extended gns3_extend(struct gns3_images *images, const char *path, uint64_t bytes,
                               const struct rules *rules, struct files *files, struct err *err);

#endif
