#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/exchange.h"
#include "mock/manners.h"

#define MESSAGE_SIZE ((size_t)512)

static void release_body(struct answer *answer)
{
    if (answer->release)
        answer->release(answer->holder);
    answer->release = NULL;
    answer->read = NULL;
    data_unref(answer->data);
    answer->data = NULL;
}

void answer_fini(struct answer *answer)
{
    release_body(answer);
    for (size_t i = 0; i < answer->header_count; i++)
        free(answer->headers[i].memory);
    free(answer->headers);
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

void answer_error(struct exchange *exchange, int status, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    exchange->manners->error(exchange, status, message);
}

void answer_refusal(struct exchange *exchange, const struct refusal *refusal)
{
    answer_error(exchange, refusal->status, "%s", refusal->text);
}
