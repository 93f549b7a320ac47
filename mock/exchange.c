#include "mock/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/number.h"

#define JSON_SIZE_MAX BUF_MIB

struct exchange *exchange_new(struct mock *mock, const struct transport *transport, const char *raw_target)
{
    size_t size = strlen(raw_target) + 1;
    struct exchange *exchange = mem_alloc(sizeof *exchange + size);
    exchange->mock = mock;
    exchange->transport = transport;
    buf_init(&exchange->body, JSON_SIZE_MAX);
    memcpy(exchange->raw_target, raw_target, size);
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    if (exchange->call && exchange->call->gone)
        exchange->call->gone(exchange);
    answer_fini(&exchange->answer);
    buf_fini(&exchange->body);
    free(exchange);
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

const char *exchange_header(const struct exchange *exchange, const char *name)
{
    return exchange->transport->header(exchange->connection, name);
}

void exchange_headers(const struct exchange *exchange, header_fn *visit, void *context)
{
    exchange->transport->headers(exchange->connection, visit, context);
}

void exchange_suspend(struct exchange *exchange)
{
    exchange->suspended = true;
    exchange->transport->suspend(exchange->connection);
}

void exchange_resume(struct exchange *exchange)
{
    exchange->transport->resume(exchange->connection);
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
