/* The test cases of the judge, each in its file. */
#ifndef CONFORMANCE_TEST_JUDGE_H
#define CONFORMANCE_TEST_JUDGE_H

#include <check.h>

TCase *tests_of_body(void);
TCase *tests_of_pointer(void);
TCase *tests_of_matchers(void);
TCase *tests_of_evidence(void);
TCase *tests_of_request(void);
TCase *tests_of_subject(void);
TCase *tests_of_subject_liars(void);
TCase *tests_of_target(void);
TCase *tests_of_byte_server(void);
TCase *tests_of_case_files(void);
TCase *tests_of_basic_login(void);
TCase *tests_of_image_store(void);
TCase *tests_of_program(void);
TCase *tests_of_remains(void);
TCase *tests_of_auth(void);
TCase *tests_of_clouds(void);

#endif
