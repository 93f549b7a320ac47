/* GET /v2/compute/qemu/binaries (truth, gns3-compute-v2: "Neighbours"). */
#include "mock/calls.h"
#include "mock/gns3/general.h"

static void end(struct exchange *exchange)
{
    gns3_answer_json(
        exchange, 200, "/v2/compute/qemu/binaries",
        json_pack("[{s:s, s:s}]", "path", "/usr/bin/qemu-system-x86_64", "version", GNS3_QEMU_VERSION));
}

const struct call call_gns3_list_binaries = {.open = true, .before_token = gns3_authorise, .end = end};
