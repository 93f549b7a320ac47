/* GET /v1/images/{image_id}/members/{owner_id}: real servers name the method among those allowed, and refuse
 * it all the same (truth, images-v1: "wrong method"). */
#include "mock/calls.h"
#include "mock/v1/general.h"

static void end(struct exchange *exchange)
{
    if (v1_tells_methods(exchange, "GET, PUT, DELETE"))
        answer_header(exchange, "Allow", "GET, PUT, DELETE");
    answer_error(exchange, 405, "The method GET is not allowed for this resource.");
}

const struct call call_v1_show_member = {.admits_anonymous = v1_admits_anonymous, .end = end};
