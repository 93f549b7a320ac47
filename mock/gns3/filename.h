/* The name of a file in the folder of images, as the path of a request has it (truth, gns3-compute-v2:
 * "Neighbours"). */
#ifndef MOCK_GNS3_FILENAME_H
#define MOCK_GNS3_FILENAME_H

#include "mock/gns3/general.h"

#define GNS3_IMAGE_ROUTE "/v2/compute/qemu/images/{filename:.+}"

/* The path of that file, owned; NULL with 403 answered for one that is not right in the folder. */
char *gns3_take_filename(struct exchange *exchange);

#endif
