#include "conformance/test/test_judge.h"

#include "base/testing.h"

int main(void)
{
    TCase *const cases[] = {tests_of_body(),
                            tests_of_pointer(),
                            tests_of_matchers(),
                            tests_of_evidence(),
                            tests_of_request(),
                            tests_of_subject(),
                            tests_of_subject_liars(),
                            tests_of_target(),
                            tests_of_byte_server(),
                            tests_of_case_files(),
                            tests_of_basic_login(),
                            tests_of_image_store(),
                            tests_of_auth(),
                            tests_of_clouds(),
                            tests_of_program(),
                            tests_of_remains(),
                            NULL};
    return testing_run("judge", cases);
}
