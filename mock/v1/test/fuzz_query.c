/* Input: the query of a list. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/v1/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mock mock = {0};
    struct v1_query query;
    struct refusal refusal;
    CLEANUP(text) char *text = mem_dup_n((const char *)data, size);
    CLEANUP(text) char *raw = mem_printf("/v1/images?%s", text);
    struct exchange *exchange = exchange_new(&mock, NULL, raw);
    bool good = target_parse(exchange->raw_target, &exchange->target) &&
                v1_query_parse(exchange, size % 2, &query, &refusal);
    if (good && (query.listing.limit > 1000 || !query.listing.sort_count))
        abort();
    exchange_free(exchange);
    return 0;
}
