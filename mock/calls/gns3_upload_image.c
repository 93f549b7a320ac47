/* POST /v2/compute/qemu/images/{filename} (truth, gns3-compute-v2: "Neighbours"). */
#include <stdlib.h>

#include "base/mem.h"
#include "mock/calls.h"
#include "mock/gns3/filename.h"

struct upload {
    struct files *files;
    struct sink *sink; /* NULL: there is no room */
    struct err err;
};

static void refuse_upload(struct exchange *exchange, const struct err *err)
{
    gns3_answer_conflict(exchange, GNS3_IMAGE_ROUTE, "ImageError", "Could not write image: %s", err->text);
}

static void begin(struct exchange *exchange)
{
    CLEANUP(text) char *path = gns3_take_filename(exchange);
    if (!path)
        return;
    struct upload *upload = mem_alloc(sizeof *upload);
    *upload = (struct upload){.files = files_new_memory(GNS3_IMAGE_BYTES_MAX), .err = ERR_INIT};
    exchange->state = upload;
    if (!files_create(upload->files, path, &upload->sink, &upload->err))
        refuse_upload(exchange, &upload->err);
}

static void data(struct exchange *exchange, const void *bytes, size_t length)
{
    struct upload *upload = exchange->state;
    if (!sink_write(upload->sink, sink_size(upload->sink), bytes, length, &upload->err))
        refuse_upload(exchange, &upload->err);
}

static void end(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    if (gns3_images_put(exchange->mock->gns3_images, upload->files, true, &upload->err) == GNS3_PUT)
        gns3_answer_empty(exchange, 204, GNS3_IMAGE_ROUTE);
    else
        refuse_upload(exchange, &upload->err);
}

static void gone(struct exchange *exchange)
{
    struct upload *upload = exchange->state;
    if (upload)
        files_free(upload->files);
    free(upload);
}

const struct call call_gns3_upload_image = {
    .open = true, .before_token = gns3_authorise, .begin = begin, .data = data, .end = end, .gone = gone};
