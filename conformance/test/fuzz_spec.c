/* Any bytes as the only file of a suite: a suite, or at least one problem. */
#include <assert.h>
#include <stdint.h>

#include "conformance/spec_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problems problems = {0};
    struct spec_suite *suite = spec_load_bytes((const char *)data, size, NULL, &problems);
    assert((suite != NULL) == (problems.count == 0));
    assert(problems.count <= PROBLEMS_MAX + 1);
    spec_suite_free(suite);
    problems_fini(&problems);
    return 0;
}
