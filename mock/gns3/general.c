#include "mock/gns3/general.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/status.h"

#define ALLOW_SIZE_MAX ((size_t)256)

char *gns3_credentials(const char *user_and_password)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = strlen(user_and_password);
    CLEANUP(text) char *out = mem_alloc((length + 2) / 3 * 4 + 1);
    char *at = out;
    for (size_t i = 0; i < length; i += 3) {
        uint32_t group = 0;
        size_t count = length - i < 3 ? length - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < count ? (uint8_t)user_and_password[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *at++ = k <= count ? alphabet[group >> (18 - 6 * k) & 63] : '=';
    }
    return mem_printf("Basic %s", out);
}

bool gns3_is_authorised(struct exchange *exchange)
{
    const char *wanted = exchange->mock->gns3_credentials;
    const char *given = exchange_header(exchange, "Authorization");
    const char *token = exchange_header(exchange, "X-Auth-Token");
    if (token && !token_parse(token, &exchange->identity))
        exchange->identity = (struct identity){0};
    if (wanted)
        return given && strcmp(given, wanted) == 0;
    return !exchange_meets(exchange, CONDITION_GNS3_AUTH);
}

void gns3_ask_for_credentials(struct exchange *exchange)
{
    answer_header(exchange, "WWW-Authenticate", "Basic realm=\"GNS3 server\"");
    answer_empty(exchange, 401);
}

void gns3_need_credentials(struct exchange *exchange, enum rule rule)
{
    if (!gns3_is_authorised(exchange) && exchange_obeys(exchange, rule))
        gns3_ask_for_credentials(exchange);
}

void gns3_authorise(struct exchange *exchange)
{
    if (!gns3_is_authorised(exchange))
        gns3_ask_for_credentials(exchange);
}

static void add_headers(struct exchange *exchange, const char *route)
{
    answer_header(exchange, "X-Route", route);
    answer_header(exchange, "Connection", "close");
}

void gns3_answer_empty(struct exchange *exchange, int status, const char *route)
{
    answer_empty(exchange, status);
    answer_header(exchange, "Content-Type", "application/octet-stream");
    add_headers(exchange, route);
}

void gns3_answer_json(struct exchange *exchange, int status, const char *route, json_t *body)
{
    answer_json(exchange, status, json_dumps(body, JSON_INDENT(4) | JSON_SORT_KEYS));
    add_headers(exchange, route);
    json_decref(body);
}

/* A text that quotes a request may be no UTF-8 where it was cut. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    return json ? json : json_string("");
}

void gns3_answer_conflict(struct exchange *exchange, const char *route, const char *exception,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CLEANUP(text) char *message = mem_vprintf(format, args);
    va_end(args);
    gns3_answer_json(
        exchange, 409, route,
        json_pack("{s:s, s:o, s:i}", "exception", exception, "message", text_json(message), "status", 409));
}

void gns3_answer_bad_request(struct exchange *exchange, const char *route, json_t *request, char *message)
{
    gns3_answer_json(exchange, 400, route,
                     json_pack("{s:o, s:s, s:s, s:O, s:i}", "message", text_json(message), "method",
                               exchange->method, "path", route, "request", request, "status", 400));
    free(message);
}

static void answer_plain(struct exchange *exchange, int status)
{
    answer_text(exchange, status, "text/plain; charset=utf-8",
                mem_printf("%d: %s", status, status_reason(status)));
}

/* In alphabetical order, with the OPTIONS that cross-origin requests ask beforehand. */
static void tell_methods(struct exchange *exchange, const char *methods)
{
    static const char *const all[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
    struct buf allow;
    buf_init(&allow, ALLOW_SIZE_MAX);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i], "OPTIONS") == 0 || strstr(methods, all[i]))
            buf_printf(&allow, "%s%s", allow.length ? "," : "", all[i]);
    }
    answer_headerf(exchange, "Allow", "%s", allow.data);
    buf_fini(&allow);
}

static void error(struct exchange *exchange, int status, const char *message)
{
    (void)message;
    answer_plain(exchange, status);
}

/* A path of another API has no methods here. */
static void no_route(struct exchange *exchange, const char *allow)
{
    enum api api;
    const char *methods = api_of_target(&exchange->target, &api) && api == API_GNS3 ? allow : "";
    if (*methods)
        tell_methods(exchange, methods);
    answer_plain(exchange, *methods ? 405 : 404);
}

const struct manners gns3_manners = {error, no_route};

bool gns3_may_touch(struct exchange *exchange, const char *route, const char *text,
                    const struct gns3_path *path, enum rule remote_rule)
{
    if (*text == '/' && exchange_meets(exchange, CONDITION_GNS3_REMOTE) &&
        exchange_obeys(exchange, remote_rule)) {
        gns3_answer_empty(exchange, 403, route);
        return false;
    }
    if (gns3_images_reach(exchange->mock->gns3_images, path->real))
        return true;
    gns3_answer_json(exchange, 403, route,
                     json_pack("{s:o, s:i}", "message",
                               json_sprintf("The path lies outside of %s",
                                            gns3_images_folder(exchange->mock->gns3_images)),
                               "status", 403));
    return false;
}

bool gns3_qemu_img_usable(const char *path, struct err *err)
{
    static const struct {
        const char *path;
        int error;
    } known[] = {
        {"qemu-img", 0},  {"/usr/bin/qemu-img", 0}, {"/", EACCES},
        {"/usr", EACCES}, {"/usr/bin", EACCES},     {"/etc/passwd", EACCES},
    };
    int error = ENOENT;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].path, path) == 0)
            error = known[i].error;
    }
    return error == 0 ||
           err_set(err, ERR_VALUE, "[Errno %d] %s: '%.200s'", error, strerrordesc_np(error), path);
}

static size_t read_file(void *holder, uint64_t offset, void *out, size_t size)
{
    return sink_read(holder, offset, out, size, NULL) ? size : 0;
}

static void release_file(void *holder)
{
    sink_free(holder);
}

void gns3_answer_file(struct exchange *exchange, const char *route, struct sink *file)
{
    gns3_answer_empty(exchange, 200, route);
    exchange->answer.length = sink_size(file);
    exchange->answer.read = read_file;
    exchange->answer.release = release_file;
    exchange->answer.holder = file;
}
