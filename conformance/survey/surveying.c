#include "conformance/survey/surveying.h"

#include <stdarg.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/request.h"

static void add_line(json_t *lines, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static void add_line(json_t *lines, const char *format, va_list args)
{
    CLEANUP(text) char *text = mem_vprintf(format, args);
    json_array_append_new(lines, json_string(text));
}

void survey_problem(struct surveying *surveying, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(surveying->problems, format, args);
    va_end(args);
}

void survey_note(struct surveying *surveying, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(surveying->notes, format, args);
    va_end(args);
}

bool survey_ask(struct surveying *surveying, const char *identity, const char *path,
                struct subject_exchange *ret_exchange, struct err *err)
{
    struct spec_send send = {.method = mem_dup("GET"), .path = mem_dup(path), .identity = mem_dup(identity)};
    struct request *request = request_make(&send, surveying->target, "", surveying->vars, err);
    if (request)
        subject_send(surveying->session, &request->wire, NULL, ret_exchange);
    spec_send_fini(&send);
    request_free(request);
    return request;
}

json_t *survey_ask_json(struct surveying *surveying, const char *identity, const char *path)
{
    struct subject_exchange exchange;
    if (!survey_ask(surveying, identity, path, &exchange, NULL))
        return NULL;
    int status = exchange.answer.status;
    bool good = exchange.outcome == SUBJECT_ANSWERED && (status / 100 == 2 || status == 300);
    if (good)
        answer_read_json(&exchange.answer);
    json_t *json = good ? json_incref(exchange.answer.json) : NULL;
    subject_exchange_fini(&exchange);
    return json;
}
