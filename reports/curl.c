/* result_curl(): an exchange as a command that repeats it. */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/result.h"

/* Headers that curl makes itself, the same way; with a value: only that one. */
static const struct {
    const char *name;
    const char *value;
} own_headers[] = {
    {"Host", NULL},           {"User-Agent", NULL},        {"Accept", "*/*"},
    {"Content-Length", NULL}, {"Transfer-Encoding", NULL},
};

static const char redacted[] = "<redacted>";

static bool is_own_header(const struct result_header *header)
{
    assert(header->value);
    for (size_t i = 0; i < sizeof own_headers / sizeof *own_headers; i++) {
        const char *value = own_headers[i].value;
        if (strcasecmp(own_headers[i].name, header->name) == 0)
            return !value || strcmp(value, header->value) == 0;
    }
    return false;
}

static bool has_header(const struct result_message *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (strcasecmp(message->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

static void put_word(FILE *out, const char *text)
{
    fputc(' ', out);
    escape_shell(out, text, strlen(text));
}

/* The credential itself is not known here: it goes into a variable named after its owner. */
static void put_secret_header(FILE *out, const char *name, const char *identity)
{
    fputs(" -H ", out);
    bool is_plain =
        name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
    if (!is_plain)
        escape_shell(out, name, strlen(name));
    fprintf(out, "\"%s: $", is_plain ? name : "");
    if (!identity || !isalpha((unsigned char)*identity))
        fputc('_', out); /* $2ND would be $2 and a tail */
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

bool result_body_is_literal(const struct result_body *body)
{
    return !body->generated && body->kept_bytes == body->length_bytes &&
           !(body->kept_bytes > 0 && memchr(body->kept, '\0', body->kept_bytes));
}

static void put_body(FILE *out, const struct result_message *request)
{
    const struct result_body *body = &request->body;
    if (!*body->md5)
        return;
    if (!has_header(request, "Content-Type"))
        fputs(" -H 'Content-Type:'", out); /* curl would add one */
    bool literal = result_body_is_literal(body);
    bool names_file = literal && body->kept_bytes > 0 && *body->kept == '@';
    fputs(names_file ? " --data-raw " : " --data-binary ", out);
    if (literal)
        escape_shell(out, body->kept ? body->kept : "", body->kept_bytes);
    else
        fputs("@BODY", out);
}

/* What curl would do otherwise: wait for the body of a HEAD, expand [] and {}, shorten /../. */
static void put_switches(FILE *out, const struct result_exchange *exchange)
{
    if (strcmp(exchange->method, "HEAD") == 0)
        fputs(" --head", out);
    if (strpbrk(exchange->url, "[]{}"))
        fputs(" --globoff", out);
    if (strstr(exchange->url, "/."))
        fputs(" --path-as-is", out);
}

/* What was no request; NULL when it was one. */
static const char *said_instead(const char *method)
{
    if (strcmp(method, RESULT_FETCH) == 0)
        return "# no request: the file was taken from where the target file says";
    if (strcmp(method, RESULT_RUN) == 0)
        return "# no request: the program of the target file was run";
    return NULL;
}

char *result_curl(const struct result_exchange *exchange)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        abort();
    const char *instead = said_instead(exchange->method);
    if (instead) {
        fputs(instead, out);
        fclose(out);
        return text;
    }
    fputs("curl -i -X", out);
    put_word(out, exchange->method);
    put_switches(out, exchange);
    if (has_header(&exchange->request, "Transfer-Encoding"))
        fputs(" -H 'Transfer-Encoding: chunked'", out);
    for (size_t i = 0; i < exchange->request.header_count; i++) {
        if (!is_own_header(&exchange->request.headers[i]))
            put_header(out, &exchange->request.headers[i], exchange->identity);
    }
    put_body(out, &exchange->request);
    put_word(out, exchange->url);
    fclose(out);
    return text;
}
