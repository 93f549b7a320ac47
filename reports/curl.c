/* result_curl(): an exchange as a command that repeats it. */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/result.h"

/* Headers that curl makes itself, the same way. */
static const char *const own_headers[] = {"Host", "User-Agent", "Accept", "Content-Length",
                                          "Transfer-Encoding"};

static const char redacted[] = "<redacted>";

static bool is_own_header(const char *name)
{
    for (size_t i = 0; i < sizeof own_headers / sizeof *own_headers; i++) {
        if (strcasecmp(own_headers[i], name) == 0)
            return true;
    }
    return false;
}

static const char *find_header(const struct result_message *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (strcasecmp(message->headers[i].name, name) == 0)
            return message->headers[i].value;
    }
    return NULL;
}

static void put_word(FILE *out, const char *text)
{
    fputc(' ', out);
    escape_shell(out, text, strlen(text));
}

/* The credential itself is not known here: it goes into a variable named after its owner. */
static void put_secret_header(FILE *out, const char *name, const char *identity)
{
    fprintf(out, " -H \"%s: $", name);
    for (; identity && *identity; identity++)
        fputc(isalnum((unsigned char)*identity) ? toupper((unsigned char)*identity) : '_', out);
    fputs("_TOKEN\"", out);
}

static void put_header(FILE *out, const struct result_header *header, const char *identity)
{
    assert(header->value);
    if (strcmp(header->value, redacted) == 0) {
        put_secret_header(out, header->name, identity);
        return;
    }
    char *line =
        *header->value ? mem_printf("%s: %s", header->name, header->value) : mem_printf("%s;", header->name);
    fputs(" -H", out);
    put_word(out, line);
    free(line);
}

static void put_body(FILE *out, const struct result_message *request)
{
    const struct result_body *body = &request->body;
    if (!*body->md5)
        return;
    if (!find_header(request, "Content-Type"))
        fputs(" -H 'Content-Type:'", out); /* curl would add one */
    fputs(" --data-binary ", out);
    if (body->generated || body->kept_bytes < body->length_bytes)
        fputs("@BODY", out);
    else
        escape_shell(out, body->kept, body->kept_bytes);
}

char *result_curl(const struct result_exchange *exchange)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        abort();
    fputs("curl -i -X", out);
    put_word(out, exchange->method);
    const char *framing = find_header(&exchange->request, "Transfer-Encoding");
    if (framing)
        fprintf(out, " -H 'Transfer-Encoding: chunked'");
    for (size_t i = 0; i < exchange->request.header_count; i++) {
        if (!is_own_header(exchange->request.headers[i].name))
            put_header(out, &exchange->request.headers[i], exchange->identity);
    }
    put_body(out, &exchange->request);
    put_word(out, exchange->url);
    fclose(out);
    return text;
}
