/* GET /v2/compute/qemu/images/{filename} (truth, gns3-compute-v2: "Neighbours"). */
#include "mock/calls.h"
#include "mock/gns3/filename.h"

static void end(struct exchange *exchange)
{
    CLEANUP(text) char *path = gns3_take_filename(exchange);
    if (!path)
        return;
    struct sink *file = gns3_images_open(exchange->mock->gns3_images, path, NULL);
    if (file)
        gns3_answer_file(exchange, GNS3_IMAGE_ROUTE, file);
    else
        gns3_answer_conflict(exchange, GNS3_IMAGE_ROUTE, "ImageMissingError",
                             "The image '%s' is missing on the remote server", exchange->parameter);
}

const struct call call_gns3_download_image = {.open = true, .before_token = gns3_authorise, .end = end};
