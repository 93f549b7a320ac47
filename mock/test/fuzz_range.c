/* Input: a Range or Content-Range. What is read must lie within the data. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/range.h"

#define SIZE 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum range_result result, const struct range *range)
{
    if (result == RANGE_GOOD && (range->first > range->last || range->last >= SIZE))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(text) char *header = mem_dup_n((const char *)data, size);
    struct range range = {0};
    check(range_parse(header, SIZE, &range), &range);
    check(range_parse_content(header, SIZE, &range), &range);
    return 0;
}
