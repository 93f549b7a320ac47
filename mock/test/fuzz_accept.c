/* Input: an Accept. */
#include <stdint.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(text) char *accept = mem_dup_n((const char *)data, size);
    accept_error_form(accept);
    return 0;
}
