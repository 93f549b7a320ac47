#include "mock/manners.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/mem.h"
#include "mock/status.h"

#define ERROR_SIZE (8 * BUF_KIB) /* a message is at most 512 bytes, each at most 6 in HTML */

static void put_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '>':
            buf_puts(out, "&gt;");
            break;
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        default:
            buf_putc(out, *text);
        }
    }
}

static char *html_body(const char *title, const char *message)
{
    struct buf out;
    buf_init(&out, ERROR_SIZE);
    buf_printf(&out, "<html>\n <head>\n  <title>%s</title>\n </head>\n <body>\n  <h1>%s</h1>\n  ", title,
               title);
    put_escaped(&out, message);
    buf_puts(&out, "<br /><br />\n\n\n\n </body>\n</html>");
    return buf_take(&out);
}

/* A message that cannot be JSON (it may quote bytes of the request that are no UTF-8) is left out. */
static char *json_body(const char *code, const char *title, const char *message)
{
    json_t *text = json_string(message);
    json_t *body =
        json_pack("{s:o, s:s, s:s}", "message", text ? text : json_string(""), "code", code, "title", title);
    char *out = json_dumps(body, 0);
    json_decref(body);
    return out;
}

static char *error_body(enum error_form form, int status, const char *message, const char **ret_type)
{
    CLEANUP(text) char *code = mem_printf("%d %s", status, status_reason(status));
    switch (form) {
    case ERROR_HTML:
        *ret_type = "text/html; charset=UTF-8";
        return html_body(code, message);
    case ERROR_JSON:
        *ret_type = "application/json";
        return json_body(code, status_reason(status), message);
    case ERROR_PLAIN:
        break;
    }
    *ret_type = "text/plain; charset=UTF-8";
    return mem_printf("%s\n\n%s", code, message);
}

enum error_form manners_form(const struct exchange *exchange)
{
    return accept_error_form(exchange_header(exchange, "Accept"));
}

void manners_error(struct exchange *exchange, enum error_form form, int status, const char *message)
{
    const char *type;
    char *body = error_body(form, status, message, &type);
    answer_text(exchange, status, type, body);
}

void manners_no_route(struct exchange *exchange, int status, const char *allow, bool tells)
{
    if (tells && *allow)
        answer_headerf(exchange, "Allow", "%s", allow);
    if (*allow)
        answer_error(exchange, status, "The method %s is not allowed for this resource.", exchange->method);
    else
        answer_error(exchange, status, "The resource could not be found.");
}

static void v2_error(struct exchange *exchange, int status, const char *message)
{
    manners_error(exchange, manners_form(exchange), status, message);
}

static void v2_no_route(struct exchange *exchange, const char *allow)
{
    manners_no_route(exchange, *allow ? 405 : 404, allow, true);
}

const struct manners v2_manners = {v2_error, v2_no_route};
