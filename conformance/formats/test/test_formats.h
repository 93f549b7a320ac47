/* The test cases of what the format checkers share, one per file. */
#ifndef CONFORMANCE_FORMATS_TEST_TEST_FORMATS_H
#define CONFORMANCE_FORMATS_TEST_TEST_FORMATS_H

#include <check.h>

TCase *detect_tests(void);
TCase *guest_tests(void);
TCase *inflate_tests(void);
TCase *interval_map_tests(void);
TCase *record_tests(void);
TCase *report_tests(void);
TCase *source_tests(void);

#endif
