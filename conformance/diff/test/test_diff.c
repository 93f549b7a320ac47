#include "conformance/diff/test/test_diff.h"

#include "base/testing.h"

int main(void)
{
    TCase *const cases[] = {tests_of_normal(), tests_of_exchanges(), tests_of_cases(), tests_of_explained(),
                            NULL};
    return testing_run("diff", cases);
}
