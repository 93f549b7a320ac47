/* GET /v2/compute/version (truth, gns3-compute-v2: "Neighbours"). */
#include "mock/calls.h"
#include "mock/gns3/general.h"

static void end(struct exchange *exchange)
{
    gns3_answer_json(exchange, 200, "/v2/compute/version",
                     json_pack("{s:b, s:s}", "local", !exchange_meets(exchange, CONDITION_GNS3_REMOTE),
                               "version", GNS3_VERSION));
}

const struct call call_gns3_version = {.open = true, .before_token = gns3_authorise, .end = end};
