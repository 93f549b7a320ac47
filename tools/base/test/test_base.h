/* The test cases of the base library, one per file. */
#ifndef BASE_TEST_BASE_H
#define BASE_TEST_BASE_H

#include <check.h>

TCase *buf_tests(void);
TCase *bytes_tests(void);
TCase *clock_tests(void);
TCase *digest_tests(void);
TCase *err_tests(void);
TCase *names_tests(void);
TCase *number_tests(void);
TCase *sign_tests(void);
TCase *temporary_tests(void);

#endif
