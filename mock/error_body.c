#include "mock/error_body.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {407, "Proxy Authentication Required"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Request Entity Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Request Range Not Satisfiable"},
    {422, "Unprocessable Entity"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *error_reason(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Error";
}

#define BODY_MAX_BYTES (16 * BUF_KIB)

static void put_html(struct buf *buf, const char *text)
{
    static const struct {
        char plain;
        const char *escaped;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    for (; *text; text++) {
        const char *escaped = NULL;
        for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
            if (escapes[i].plain == *text)
                escaped = escapes[i].escaped;
        if (escaped)
            buf_puts(buf, escaped);
        else
            buf_putc(buf, *text);
    }
}

static void write_plain(struct buf *buf, int status, const char *message)
{
    buf_printf(buf, "%d %s\n\n%s\n\n   ", status, error_reason(status), message);
}

static void write_html(struct buf *buf, int status, const char *message)
{
    buf_printf(buf,
               "<html>\n <head>\n  <title>%d %s</title>\n </head>\n <body>\n  <h1>%d %s</h1>\n  ", //
               status, error_reason(status), status, error_reason(status));
    put_html(buf, message);
    buf_puts(buf, "<br /><br />\n\n\n\n </body>\n</html>");
}

static void write_json(struct buf *buf, int status, const char *message)
{
    json_t *value =
        json_pack("{s:s+, s:o, s:s}", "message", message, "<br /><br />\n\n\n", //
                  "code", json_sprintf("%d %s", status, error_reason(status)), "title", error_reason(status));
    char *text = value ? json_dumps(value, 0) : NULL;
    buf_puts(buf, text ? text : "{}");
    free(text);
    json_decref(value);
}

static const struct form {
    const char *accepts; /* what the header begins with */
    const char *type;
    void (*write)(struct buf *buf, int status, const char *message);
} forms[] = {
    {"application/json", "application/json", write_json},
    {"text/html", "text/html; charset=UTF-8", write_html},
    {"*/*", "text/html; charset=UTF-8", write_html},
};

static const struct form plain = {"", "text/plain; charset=UTF-8", write_plain};

struct text *error_body(const char *accept, int status, const char *message, const char **ret_type)
{
    const struct form *form = &plain;
    for (size_t i = 0; accept && i < sizeof forms / sizeof *forms; i++)
        if (strncmp(accept, forms[i].accepts, strlen(forms[i].accepts)) == 0)
            form = &forms[i];
    struct buf buf;
    buf_init(&buf, BODY_MAX_BYTES);
    form->write(&buf, status, message);
    *ret_type = form->type;
    size_t length = buf.length;
    return text_take(buf_take(&buf), length);
}
