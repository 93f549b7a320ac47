#include "mock/dispatch.h"

#include <assert.h>
#include <string.h>

#include "mock/calls.h"
#include "mock/gns3/general.h"
#include "mock/manners.h"
#include "mock/v1/general.h"

#define ALLOW_SIZE_MAX ((size_t)256)

/* What the middleware in front of a Glance names as the place where tokens come from. */
#define KEYSTONE "Keystone uri=\"http://127.0.0.1:5000\""

static const struct call *const calls[] = {
#define ROUTE(name, method, path) &call_##name,
#include "mock/routes.def"
#undef ROUTE
};

const struct call *call_of(enum route route)
{
    return calls[route];
}

static const struct manners *manners_of(const struct exchange *exchange)
{
    if (exchange_is_gns3(exchange))
        return &gns3_manners;
    return exchange_is_v1(exchange) ? &v1_manners : &v2_manners;
}

/* Paths outside of the APIs that are served are questions for versions, whatever they are (truth:
 * "Versions"). */
static bool asks_for_versions(const struct exchange *exchange, enum router_result result)
{
    enum api api;
    if (api_alone(exchange->mock->apis, API_GNS3))
        return false;
    if (api_of_target(&exchange->target, &api))
        return !api_served(exchange->mock->apis, api);
    return result == ROUTER_NO_PATH && strcmp(exchange->target.segments[0], "__mock") != 0;
}

/* The older names of the first version are other names for it (truth, images-v1: "Versions"). */
static void unify_version(const struct rules *rules, struct target *target)
{
    if (!rule_obeyed(rules, RULE_V1_GENERAL_MINOR_VERSIONS))
        return;
    if (strcmp(target->segments[0], "v1.0") == 0 || strcmp(target->segments[0], "v1.1") == 0)
        target->segments[0] = "v1";
}

static bool token_good(struct exchange *exchange)
{
    const struct call *call = exchange->call;
    const char *token = exchange_header(exchange, "X-Auth-Token");
    if ((call && (call->open || call->admin_call)) || exchange_is_gns3(exchange))
        return true;
    if (token && token_parse(token, &exchange->identity))
        return true;
    if (call && call->admits_anonymous && call->admits_anonymous(exchange))
        return exchange->identity.admin = exchange->identity.member = true;
    answer_header(exchange, "WWW-Authenticate", KEYSTONE);
    answer_error(exchange, 401,
                 "This server could not verify that you are authorized to access the document you "
                 "requested.");
    return false;
}

static bool is_offered(const struct exchange *exchange, const struct call *call)
{
    enum api api;
    if (call->admin_call)
        return exchange->mock->admin_calls;
    return !api_alone(exchange->mock->apis, API_GNS3) ||
           (api_of_target(&exchange->target, &api) && api == API_GNS3);
}

/* Sets the call; `allow` is filled where the path has other methods. */
static void route(struct exchange *exchange, struct buf *allow)
{
    enum route found;
    const char *parameters[ROUTER_PARAMETERS_MAX];
    enum router_result result = router_find(&exchange->target, exchange->method, &found, parameters, allow);
    if (asks_for_versions(exchange, result)) {
        exchange->call = call_of(ROUTE_list_choices);
    } else if (result == ROUTER_FOUND) {
        exchange->call = call_of(found);
        exchange->parameter = parameters[0];
        exchange->second_parameter = parameters[1];
    }
    if (exchange->call && !is_offered(exchange, exchange->call))
        exchange->call = NULL;
}

void dispatch_begin(struct exchange *exchange, const char *method)
{
    struct buf allow;
    exchange->method = method;
    bool good = target_parse(exchange->raw_target, &exchange->target);
    if (good)
        unify_version(&exchange->mock->rules, &exchange->target);
    exchange->manners = manners_of(exchange);
    if (!good) {
        answer_error(exchange, 400, "The target of the request is no well-formed path and query.");
        return;
    }
    buf_init(&allow, ALLOW_SIZE_MAX);
    route(exchange, &allow);
    if (exchange->call && exchange->call->before_token)
        exchange->call->before_token(exchange);
    if (exchange->answer.status == 0 && token_good(exchange)) {
        if (!exchange->call)
            exchange->manners->no_route(exchange, allow.data);
        else if (exchange->call->begin)
            exchange->call->begin(exchange);
    }
    buf_fini(&allow);
}

void dispatch_data(struct exchange *exchange, const void *bytes, size_t length)
{
    const struct call *call = exchange->call;
    if (exchange->answer.status || !(call->takes_json || call->data)) {
        exchange->drained_bytes += length;
        return;
    }
    if (call->data)
        call->data(exchange, bytes, length);
    else if (!buf_append(&exchange->body, bytes, length))
        answer_error(exchange, 413, "A request body of this kind may have at most 1 MiB.");
}

void dispatch_end(struct exchange *exchange)
{
    if (exchange->answer.status == 0)
        exchange->call->end(exchange);
    assert(exchange->answer.status || exchange->suspended);
}

void dispatch_resumed(struct exchange *exchange)
{
    exchange->suspended = false;
    exchange->call->resume(exchange);
    assert(exchange->answer.status || exchange->suspended);
}

int dispatch_status(const struct exchange *exchange)
{
    int status = exchange->answer.status;
    const struct call *call = exchange->call;
    return call && call->status ? call->status(exchange, status) : status;
}
