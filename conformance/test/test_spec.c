#include "conformance/test/test_spec.h"

#include "base/testing.h"

static const char *folder(const char *variable)
{
    const char *path = getenv(variable);
    ck_assert_msg(path != NULL, "%s is not set: run this by ctest", variable);
    return path;
}

const char *test_files(void)
{
    return folder("SPEC_TEST_FILES");
}

const char *test_specs(void)
{
    return folder("SPEC_TEST_SPECS");
}

int main(void)
{
    return testing_run("spec", (TCase *const[]){yaml_tree_tests(), template_tests(), problems_tests(),
                                                names_tests(), spec_table_tests(), spec_suite_tests(),
                                                spec_send_tests(), spec_editions_tests(), NULL});
}
