#include "mock/exchange.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/call.h"
#include "mock/error_body.h"

void exchange_init(struct exchange *exchange, struct mock *mock, const char *method, const char *path)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->mock = mock;
    exchange->method = method;
    exchange->path = path;
    buf_init(&exchange->body, EXCHANGE_JSON_MAX_BYTES);
}

static void response_clear(struct response *response)
{
    for (size_t i = 0; i < response->header_count; i++)
        free(response->headers[i].value);
    text_unref(response->text);
    blob_unref(response->blob);
    memset(response, 0, sizeof *response);
}

void exchange_fini(struct exchange *exchange)
{
    response_clear(&exchange->response);
    buf_fini(&exchange->body);
}

const char *exchange_param(const struct exchange *exchange, const char *name)
{
    return strcmp(exchange->params.name, name) == 0 ? exchange->params.value : NULL;
}

void exchange_answer(struct exchange *exchange, int status)
{
    response_clear(&exchange->response);
    enum rule_call rules = exchange->call ? exchange->call->rules : RULE_CALL_OTHER;
    exchange->response.status = rule_status(&exchange->mock->options.rules, rules, status);
}

void exchange_add_header(struct exchange *exchange, const char *name, const char *format, ...)
{
    struct response *response = &exchange->response;
    if (response->header_count == EXCHANGE_HEADERS_MAX)
        abort();
    va_list args;
    va_start(args, format);
    response->headers[response->header_count].name = name;
    response->headers[response->header_count++].value = mem_vprintf(format, args);
    va_end(args);
}

void exchange_answer_text(struct exchange *exchange, int status, const char *type, struct text *text)
{
    exchange_answer(exchange, status);
    exchange_add_header(exchange, "Content-Type", "%s", type);
    exchange->response.body = RESPONSE_TEXT;
    exchange->response.text = text;
}

void exchange_answer_json(struct exchange *exchange, int status, json_t *value)
{
    char *text = json_dumps(value, 0);
    json_decref(value);
    exchange_answer_text(exchange, status, "application/json", text_take(text, strlen(text)));
}

void exchange_answer_blob(struct exchange *exchange, int status, struct blob *blob, uint64_t first,
                          uint64_t length)
{
    exchange_answer(exchange, status);
    exchange->response.body = RESPONSE_BLOB;
    exchange->response.blob = blob_ref(blob);
    exchange->response.first = first;
    exchange->response.length = length;
}

void exchange_refuse_as(struct exchange *exchange, const struct refusal *refusal)
{
    const char *type;
    struct text *text =
        error_body(exchange_header(exchange, "Accept"), refusal->status, refusal->text, &type);
    exchange_answer_text(exchange, refusal->status, type, text);
    if (refusal->status == 401)
        exchange_add_header(exchange, "WWW-Authenticate", "Keystone uri=\"http://127.0.0.1:5000\"");
}

void exchange_refuse(struct exchange *exchange, int status, const char *format, ...)
{
    struct refusal refusal = {.status = status};
    va_list args;
    va_start(args, format);
    vsnprintf(refusal.text, sizeof refusal.text, format, args);
    va_end(args);
    exchange_refuse_as(exchange, &refusal);
}

json_t *exchange_json(struct exchange *exchange)
{
    json_error_t error;
    json_t *value = json_loadb(exchange->body.data, exchange->body.length,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!value)
        exchange_refuse(exchange, 400, "Malformed JSON in request body: line %d, column %d: %s.", error.line,
                        error.column, error.text);
    return value;
}
