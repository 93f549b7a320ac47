/* GET /v2/compute/capabilities (truth, gns3-compute-v2: "Neighbours"). */
#include "mock/calls.h"
#include "mock/gns3/general.h"

static void end(struct exchange *exchange)
{
    gns3_answer_json(
        exchange, 200, "/v2/compute/capabilities",
        json_pack("{s:[s], s:s, s:s}", "node_types", "qemu", "platform", "linux", "version", GNS3_VERSION));
}

const struct call call_gns3_capabilities = {.open = true, .before_token = gns3_authorise, .end = end};
