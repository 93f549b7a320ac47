#include "mock/gns3/filename.h"

#include <string.h>

#include "base/mem.h"

#define SEGMENTS_BEFORE 4 /* /v2/compute/qemu/images/ */

char *gns3_take_filename(struct exchange *exchange)
{
    const char *name = exchange->parameter;
    bool single = exchange->target.segment_count == SEGMENTS_BEFORE + 1 && !strchr(name, '/');
    if (single && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
        return mem_printf("%s/%s", gns3_images_folder(exchange->mock->gns3_images), name);
    gns3_answer_empty(exchange, 403, GNS3_IMAGE_ROUTE);
    return NULL;
}
