#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/diff/test/test_diff.h"

static void add_header(struct result_message *message, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t name_length = (size_t)(colon - line);
    struct result_header *header = mem_append(&message->headers, &message->header_count);
    header->name = mem_dup_n(line, name_length);
    header->value = mem_dup_n(colon + 2, length - name_length - 2);
}

struct result_exchange exchange_of(const struct answer_row *row, const char *purpose)
{
    struct result_exchange exchange = {
        .purpose = mem_dup(purpose),
        .identity = mem_dup("owner"),
        .method = mem_dup("GET"),
        .url = mem_dup("http://127.0.0.1:9292/v2/images"),
        .outcome = mem_dup(row->status ? "answered" : "broken"),
        .status = row->status,
    };
    for (const char *line = row->headers; line && *line;) {
        size_t length = strcspn(line, "\n");
        add_header(&exchange.response, line, length);
        line += length + (line[length] == '\n');
    }
    exchange.response.body.kept = mem_dup(row->body);
    exchange.response.body.kept_bytes = row->body ? strlen(row->body) : 0;
    exchange.response.body.length_bytes = exchange.response.body.kept_bytes;
    return exchange;
}
