/* Input: the target of a request; also as the query of a list. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "mock/list_query.h"
#include "mock/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(text) char *raw = mem_dup_n((const char *)data, size);
    static const struct identity identity = {.project = "p", .member = true};
    struct target target;
    struct listing listing;
    struct refusal refusal;
    struct buf allow;
    enum route route;
    const char *parameters[ROUTER_PARAMETERS_MAX];
    if (!target_parse(raw, &target))
        return 0;
    buf_init(&allow, BUF_KIB);
    enum router_result result = router_find(&target, "GET", &route, parameters, &allow);
    if (result == ROUTER_NO_METHOD && !allow.length)
        abort();
    if (list_query_parse(&target, &identity, &listing, &refusal) &&
        (!listing.sort_count || listing.limit > 1000))
        abort();
    buf_fini(&allow);
    return 0;
}
