#include "conformance/case/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/percent.h"
#include "reports/result.h"

#define URL_MAX_BYTES (64 * BUF_KIB)

/* ---- the address ---- */

static bool put_param(struct buf *url, const struct spec_send *send, const char *name, size_t length,
                      const struct vars *vars, struct err *err)
{
    for (size_t i = 0; i < send->param_count; i++) {
        const struct spec_pair *param = &send->params[i];
        if (strlen(param->name) != length || memcmp(param->name, name, length) != 0)
            continue;
        char *value = template_expand(param->value, vars, err);
        if (!value)
            return false;
        percent_encode(url, value);
        free(value);
    }
    return true;
}

static bool put_call_path(struct buf *url, const struct spec_send *send, const struct vars *vars,
                          struct err *err)
{
    const char *at = send->path;
    while (*at) {
        size_t literal = strcspn(at, "{");
        buf_append(url, at, literal);
        at += literal;
        if (!*at)
            break;
        size_t name = strcspn(at, "}") - 1;
        if (!put_param(url, send, at + 1, name, vars, err))
            return false;
        at += name + 2;
    }
    return true;
}

static bool put_path(struct buf *url, const struct spec_send *send, const struct vars *vars, struct err *err)
{
    if (send->call)
        return put_call_path(url, send, vars, err);
    char *path = template_expand(send->path, vars, err);
    if (!path)
        return false;
    buf_puts(url, path);
    free(path);
    return true;
}

static bool put_query(struct buf *url, const struct spec_send *send, const struct vars *vars, struct err *err)
{
    for (size_t i = 0; i < send->query_count; i++) {
        char *value = template_expand(send->query[i].value, vars, err);
        if (!value)
            return false;
        buf_putc(url, i == 0 ? '?' : '&');
        percent_encode(url, send->query[i].name);
        buf_putc(url, '=');
        percent_encode(url, value);
        free(value);
    }
    return true;
}

static char *make_url(const struct spec_send *send, const struct target *target, const struct vars *vars,
                      struct err *err)
{
    struct buf url;
    buf_init(&url, URL_MAX_BYTES);
    buf_puts(&url, target->url);
    bool made = put_path(&url, send, vars, err) && put_query(&url, send, vars, err);
    if (made && url.full)
        made = err_set(err, ERR_LIMIT, "an address of more than %zu bytes", URL_MAX_BYTES);
    if (made)
        return buf_take(&url);
    buf_fini(&url);
    return NULL;
}

/* ---- the headers ---- */

static bool has_header(const struct spec_send *send, const char *name)
{
    for (size_t i = 0; i < send->header_count; i++) {
        if (strcasecmp(send->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

static void add_header(struct request *request, const char *name, char *value)
{
    *mem_append(&request->headers, &request->header_count) = (struct spec_pair){mem_dup(name), value};
}

static void add_login(struct request *request, const struct basic_login *basic)
{
    CLEANUP(text) char *text = basic_login_text(basic);
    add_header(request, "Authorization", mem_printf("Basic %s", text));
}

static bool add_token(struct request *request, const struct spec_send *send,
                      const struct target_identity *identity, const struct vars *vars, struct err *err)
{
    if (!identity || !(identity->token || identity->auth) || has_header(send, "X-Auth-Token"))
        return true;
    char *token =
        identity->auth ? auth_token(identity->auth, err) : template_expand(identity->token, vars, err);
    if (!token)
        return false;
    request->auth = identity->auth;
    request->token_header = request->header_count;
    add_header(request, "X-Auth-Token", token);
    return true;
}

/* What is sent without being asked for: what the identity proves itself by, the type of a JSON body. */
static bool add_defaults(struct request *request, const struct spec_send *send, const struct target *target,
                         const struct vars *vars, struct err *err)
{
    const struct target_identity *identity = target_identity(target, send->identity);
    if (!add_token(request, send, identity, vars, err))
        return false;
    if (identity && identity->basic && !has_header(send, "Authorization"))
        add_login(request, identity->basic);
    if (send->body.kind == SPEC_BODY_JSON && !has_header(send, "Content-Type"))
        add_header(request, "Content-Type", mem_dup("application/json"));
    return true;
}

static bool add_headers(struct request *request, const struct spec_send *send, const struct vars *vars,
                        struct err *err)
{
    for (size_t i = 0; i < send->header_count; i++) {
        const struct spec_pair *header = &send->headers[i];
        char *value = header->value ? template_expand(header->value, vars, err) : NULL;
        if (header->value && !value)
            return false;
        add_header(request, header->name, value);
    }
    return true;
}

/* ---- the whole ---- */

static bool set_sizes(struct request *request, const struct spec_send *send, const struct vars *vars,
                      struct err *err)
{
    request->wire.lies_about_length = send->content_length;
    if (send->content_length &&
        !template_expand_size(send->content_length, vars, &request->wire.announced_bytes, err))
        return false;
    return !send->pause_after || template_expand_size(send->pause_after, vars, &request->pause_after, err);
}

static void point_wire(struct request *request, enum spec_framing framing)
{
    request->wire_headers = mem_alloc((request->header_count + 1) * sizeof *request->wire_headers);
    for (size_t i = 0; i < request->header_count; i++)
        request->wire_headers[i] =
            (struct subject_header){request->headers[i].name, request->headers[i].value};
    request->wire.method = request->method;
    request->wire.url = request->url;
    request->wire.headers = request->wire_headers;
    request->wire.header_count = request->header_count;
    request->wire.body = request->body;
    request->wire.framing = framing;
}

struct request *request_make(const struct spec_send *send, const struct target *target, const char *fixtures,
                             const struct vars *vars, struct err *err)
{
    struct request *request = mem_alloc(sizeof *request);
    request->identity = mem_dup(send->identity);
    request->method = template_expand(send->method, vars, err);
    request->url = request->method ? make_url(send, target, vars, err) : NULL;
    bool made = request->url && add_defaults(request, send, target, vars, err) &&
                add_headers(request, send, vars, err) && set_sizes(request, send, vars, err);
    if (made && send->body.kind != SPEC_BODY_NONE) {
        request->body = body_open(&send->body, fixtures, vars, err);
        made = request->body;
    }
    if (!made) {
        request_free(request);
        return NULL;
    }
    point_wire(request, send->framing);
    return request;
}

struct request *request_for_image(const struct spec_send *send, const struct vars *vars, struct err *err)
{
    CLEANUP(text) char *name = template_expand(send->params[0].value, vars, err);
    if (!name || !image_store_takes(name, err))
        return NULL;
    struct request *request = mem_alloc(sizeof *request);
    request->identity = mem_dup(send->identity);
    request->method = mem_dup(RESULT_FETCH);
    request->url = mem_printf(RESULT_FETCH_SCHEME "%s", name);
    request->image = TAKE(name);
    point_wire(request, SPEC_FRAMING_LENGTH);
    return request;
}

struct request *request_for_probe(const char *url)
{
    struct request *request = mem_alloc(sizeof *request);
    request->identity = mem_dup("anonymous");
    request->method = mem_dup("GET");
    request->url = mem_dup(url);
    request->wire.unstoppable = true;
    point_wire(request, SPEC_FRAMING_LENGTH);
    return request;
}

static void words_free(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

/* The arguments may have credentials in them: evidence has the program alone. */
struct request *request_for_program(char **words, size_t count, uint64_t timeout_ms)
{
    struct request *request = mem_alloc(sizeof *request);
    request->identity = mem_dup("");
    request->method = mem_dup(RESULT_RUN);
    request->url = mem_printf(RESULT_RUN_SCHEME "%s", words[0]);
    request->run = words;
    request->run_count = count;
    request->run_timeout_ms = timeout_ms;
    point_wire(request, SPEC_FRAMING_LENGTH);
    return request;
}

struct request *request_for_hook(const struct target_hook *hook, const struct target *target,
                                 const char *fixtures, const struct vars *vars, struct err *err)
{
    if (hook->send)
        return request_make(hook->send, target, fixtures, vars, err);
    char **words = mem_alloc((hook->run_count + 1) * sizeof *words);
    bool made = true;
    for (size_t i = 0; made && i < hook->run_count; i++) {
        words[i] = template_expand(hook->run[i], vars, err);
        made = words[i];
    }
    if (made)
        return request_for_program(words, hook->run_count, hook->timeout_ms);
    words_free(words, hook->run_count);
    return NULL;
}

bool request_authorize(struct request *request, struct err *err)
{
    char *token = request->auth ? auth_token(request->auth, err) : NULL;
    if (!token)
        return !request->auth;
    free(request->headers[request->token_header].value);
    request->headers[request->token_header].value = token;
    request->wire_headers[request->token_header].value = token;
    return true;
}

void request_free(struct request *request)
{
    if (!request)
        return;
    for (size_t i = 0; i < request->header_count; i++) {
        free(request->headers[i].name);
        free(request->headers[i].value);
    }
    free(request->headers);
    free(request->wire_headers);
    body_free(request->body);
    free(request->identity);
    free(request->method);
    free(request->url);
    free(request->image);
    words_free(request->run, request->run_count);
    free(request);
}
