/* Making images, by the builders. */
#ifndef MOCK_GNS3_MAKE_H
#define MOCK_GNS3_MAKE_H

#include <jansson.h>

#include "mock/gns3/images.h"
#include "mock/rules.h"

/* An image that was asked for. */
struct gns3_wish {
    const json_t *request; /* of POST /v2/compute/qemu/img, good by its schema; borrowed */
    const char *path;      /* where the image goes; borrowed */
    const struct rules *rules;
};

/* Makes the image in `files`; false where it cannot be what was asked for. */
bool gns3_make(const struct gns3_wish *wish, struct files *files, struct err *err);

/* After gns3_make() has failed: the rule of the parameter that does not fit. */
enum rule gns3_misfit(const struct gns3_wish *wish);
/* Whether qemu-img leaves an empty file behind when it fails so. */
bool gns3_leaves_empty_file(const struct gns3_wish *wish);

/* Megabytes, which are 2^20 bytes; false when there is no such size. */
bool gns3_megabytes(const json_t *value, uint64_t *ret_bytes);

#endif
