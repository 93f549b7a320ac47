/* GET /v2/compute/qemu/capabilities (truth, gns3-compute-v2: "Neighbours"). */
#include "mock/calls.h"
#include "mock/gns3/general.h"

static void end(struct exchange *exchange)
{
    gns3_answer_json(exchange, 200, "/v2/compute/qemu/capabilities", json_pack("{s:[s]}", "kvm", "x86_64"));
}

const struct call call_gns3_qemu_capabilities = {.open = true, .before_token = gns3_authorise, .end = end};
