/* GET /v2/compute/qemu/images (truth, gns3-compute-v2: "Neighbours"). */
#include <string.h>

#include "base/digest.h"
#include "mock/calls.h"
#include "mock/gns3/general.h"

#define SHORTEST_BYTES 7                    /* what is shorter is no image */
#define DIGESTED_BYTES (UINT64_C(64) << 20) /* of larger images it would take too long */
#define DIGEST_PIECE   ((size_t)64 * 1024)

/* NULL for images that are too large. */
static json_t *md5_of(const struct sink *file)
{
    char hex[DIGEST_HEX_SIZE];
    uint8_t piece[DIGEST_PIECE];
    uint64_t size = sink_size(file);
    if (size > DIGESTED_BYTES)
        return json_null();
    struct digest *digest = digest_new(DIGEST_MD5);
    for (uint64_t at = 0; at < size; at += sizeof piece) {
        size_t length = size - at < sizeof piece ? (size_t)(size - at) : sizeof piece;
        if (sink_read(file, at, piece, length, NULL))
            digest_update(digest, piece, length);
    }
    digest_finish(digest, hex);
    digest_free(digest);
    return json_string(hex);
}

static void show(void *list, const char *name, const struct sink *file)
{
    if (sink_size(file) < SHORTEST_BYTES || *name == '.')
        return;
    json_array_append_new(list, json_pack("{s:s, s:I, s:o, s:s}", "filename", name, "filesize",
                                          (json_int_t)sink_size(file), "md5sum", md5_of(file), "path", name));
}

static void end(struct exchange *exchange)
{
    json_t *list = json_array();
    gns3_images_visit(exchange->mock->gns3_images, show, list);
    gns3_answer_json(exchange, 200, "/v2/compute/qemu/images", list);
}

const struct call call_gns3_list_images = {.open = true, .before_token = gns3_authorise, .end = end};
