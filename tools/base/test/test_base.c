#include "base/test/test_base.h"

#include "base/testing.h"

int main(void)
{
    return testing_run("base", (TCase *const[]){buf_tests(), bytes_tests(), clock_tests(), digest_tests(),
                                                err_tests(), names_tests(), number_tests(), sign_tests(),
                                                temporary_tests(), NULL});
}
