/* Input: an X-Auth-Token. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(text) char *token = mem_dup_n((const char *)data, size);
    struct identity identity;
    if (token_parse(token, &identity) && (!*identity.user || (identity.admin && !identity.member)))
        abort();
    return 0;
}
