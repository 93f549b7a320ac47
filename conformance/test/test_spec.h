/* The test cases of the library `spec`, one function a file. */
#ifndef CONFORMANCE_TEST_SPEC_H
#define CONFORMANCE_TEST_SPEC_H

#include <check.h>

TCase *yaml_tree_tests(void);
TCase *template_tests(void);
TCase *problems_tests(void);
TCase *names_tests(void);
TCase *spec_table_tests(void);
TCase *spec_suite_tests(void);
TCase *spec_send_tests(void);
TCase *spec_editions_tests(void);

/* Folders, from the environment (the build sets them): the sources of these tests, and specs/. */
const char *test_files(void);
const char *test_specs(void);

#endif
