/* Any bytes as the only file of a suite: a suite, or at least one problem. */
#include <stdint.h>
#include <stdlib.h>

#include "conformance/spec/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problems problems = {0};
    struct spec_suite *suite = spec_load_bytes((const char *)data, size, NULL, &problems);
    require((suite != NULL) == (problems.count == 0));
    require(problems.count <= PROBLEMS_MAX + 1);
    spec_suite_free(suite);
    problems_fini(&problems);
    return 0;
}
