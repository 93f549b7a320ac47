/* Input: a moment as text. What is taken for one lies in the years that four digits can say. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/v1/isotime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(text) char *text = mem_dup_n((const char *)data, size);
    const int64_t first_s = INT64_C(-62167305600); /* the last day before year 0 */
    const int64_t last_s = INT64_C(253402387200);  /* the first day of year 10000 */
    int64_t calendar_s;
    if (isotime_parse(text, &calendar_s) && (calendar_s < first_s || calendar_s > last_s))
        abort();
    return 0;
}
