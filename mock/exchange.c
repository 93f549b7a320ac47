#include "mock/exchange.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/number.h"
#include "mock/calls.h"
#include "mock/gns3/general.h"
#include "mock/image_json.h"
#include "mock/v1/general.h"

#define JSON_SIZE_MAX  BUF_MIB
#define ALLOW_SIZE_MAX ((size_t)256)
#define MESSAGE_SIZE   ((size_t)512)

/* What the middleware in front of a Glance names as the place where tokens come from. */
#define KEYSTONE "Keystone uri=\"http://127.0.0.1:5000\""

struct exchange *exchange_new(struct mock *mock, const char *raw_target)
{
    size_t size = strlen(raw_target) + 1;
    struct exchange *exchange = mem_alloc(sizeof *exchange + size);
    exchange->mock = mock;
    buf_init(&exchange->body, JSON_SIZE_MAX);
    memcpy(exchange->raw_target, raw_target, size);
    return exchange;
}

static void release_body(struct answer *answer)
{
    if (answer->release)
        answer->release(answer->holder);
    answer->release = NULL;
    answer->read = NULL;
    data_unref(answer->data);
    answer->data = NULL;
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    if (exchange->call && exchange->call->gone)
        exchange->call->gone(exchange);
    release_body(&exchange->answer);
    for (size_t i = 0; i < exchange->answer.header_count; i++)
        free(exchange->answer.headers[i].memory);
    free(exchange->answer.headers);
    buf_fini(&exchange->body);
    free(exchange);
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

bool exchange_is_v1(const struct exchange *exchange)
{
    enum api api;
    return api_of_target(&exchange->target, &api) && api == API_IMAGES_V1;
}

bool exchange_is_gns3(const struct exchange *exchange)
{
    enum api api;
    return api_alone(exchange->mock->apis, API_GNS3) ||
           (api_of_target(&exchange->target, &api) && api == API_GNS3);
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

static void answer_no_route(struct exchange *exchange, const struct buf *allow)
{
    enum api api;
    if (exchange_is_gns3(exchange)) {
        gns3_answer_no_route(exchange,
                             api_of_target(&exchange->target, &api) && api == API_GNS3 ? allow->data : "");
        return;
    }
    bool v1 = exchange_is_v1(exchange);
    int right = allow->length ? 405 : 404;
    int status = v1 ? v1_status_without_route(exchange, right) : right;
    if (allow->length && (!v1 || v1_tells_methods(exchange, allow->data)))
        answer_headerf(exchange, "Allow", "%s", allow->data);
    if (allow->length)
        answer_error(exchange, status, "The method %s is not allowed for this resource.", exchange->method);
    else
        answer_error(exchange, status, "The resource could not be found.");
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

void exchange_begin(struct exchange *exchange, const char *method)
{
    struct buf allow;
    exchange->method = method;
    if (!target_parse(exchange->raw_target, &exchange->target)) {
        answer_error(exchange, 400, "The target of the request is no well-formed path and query.");
        return;
    }
    unify_version(&exchange->mock->rules, &exchange->target);
    buf_init(&allow, ALLOW_SIZE_MAX);
    route(exchange, &allow);
    if (exchange->call && exchange->call->before_token)
        exchange->call->before_token(exchange);
    if (exchange->answer.status == 0 && token_good(exchange)) {
        if (!exchange->call)
            answer_no_route(exchange, &allow);
        else if (exchange->call->begin)
            exchange->call->begin(exchange);
    }
    buf_fini(&allow);
}

void exchange_data(struct exchange *exchange, const void *bytes, size_t length)
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

void exchange_end(struct exchange *exchange)
{
    if (exchange->answer.status == 0)
        exchange->call->end(exchange);
    assert(exchange->answer.status || exchange->suspended);
}

void exchange_resumed(struct exchange *exchange)
{
    exchange->suspended = false;
    exchange->call->resume(exchange);
    assert(exchange->answer.status || exchange->suspended);
}

int exchange_status(const struct exchange *exchange)
{
    int status = exchange->answer.status;
    const struct call *call = exchange->call;
    return call && call->status ? call->status(exchange, status) : status;
}

bool exchange_chunked(const struct exchange *exchange)
{
    const char *encoding = exchange_header(exchange, "Transfer-Encoding");
    return encoding && strcasestr(encoding, "chunked");
}

bool exchange_length(const struct exchange *exchange, uint64_t *ret_length)
{
    const char *length = exchange_header(exchange, "Content-Length");
    if (exchange_chunked(exchange))
        return false;
    if (length)
        return number_parse_u64(length, ret_length);
    *ret_length = 0;
    return true;
}

static struct answer_header *add_header(struct exchange *exchange, const char *name)
{
    struct answer *answer = &exchange->answer;
    struct answer_header *header = mem_append(&answer->headers, &answer->header_count);
    header->name = name;
    return header;
}

void answer_header(struct exchange *exchange, const char *name, const char *constant)
{
    add_header(exchange, name)->value = constant;
}

void answer_headerf(struct exchange *exchange, const char *name, const char *format, ...)
{
    struct answer_header *header = add_header(exchange, name);
    va_list args;
    va_start(args, format);
    header->memory = mem_vprintf(format, args);
    va_end(args);
    header->value = header->memory;
}

/* Both texts lie in one piece of memory, the value behind the name. */
void answer_header_copy(struct exchange *exchange, const char *name, const char *value)
{
    struct answer_header *header = add_header(exchange, NULL);
    header->memory = mem_printf("%s%c%s", name, '\0', value);
    header->name = header->memory;
    header->value = header->memory + strlen(name) + 1;
}

void answer_empty(struct exchange *exchange, int status)
{
    release_body(&exchange->answer);
    exchange->answer.status = status;
    exchange->answer.bytes = "";
    exchange->answer.length = 0;
}

void answer_text(struct exchange *exchange, int status, const char *type, char *text)
{
    answer_empty(exchange, status);
    answer_header(exchange, "Content-Type", type);
    exchange->answer.bytes = text;
    exchange->answer.length = strlen(text);
    exchange->answer.release = free;
    exchange->answer.holder = text;
}

void answer_json(struct exchange *exchange, int status, char *text)
{
    answer_text(exchange, status, "application/json", text);
}

void answer_image(struct exchange *exchange, int status, const struct image *image)
{
    struct buf text;
    buf_init(&text, IMAGE_TEXT_MAX);
    mock_show(exchange->mock, image, &text);
    answer_json(exchange, status, buf_take(&text));
}

void answer_error(struct exchange *exchange, int status, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    const char *type;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (exchange_is_gns3(exchange)) {
        gns3_answer_plain(exchange, status);
        return;
    }
    enum error_form form = accept_error_form(exchange_header(exchange, "Accept"));
    if (exchange_is_v1(exchange))
        form = v1_error_form(exchange, form);
    char *body = error_body(form, status, message, &type);
    answer_text(exchange, status, type, body);
}

void answer_refusal(struct exchange *exchange, const struct refusal *refusal)
{
    answer_error(exchange, refusal->status, "%s", refusal->text);
}
