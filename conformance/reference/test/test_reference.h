/* The test cases of the readers of references, one function a file. */
#ifndef CONFORMANCE_REFERENCE_TEST_REFERENCE_H
#define CONFORMANCE_REFERENCE_TEST_REFERENCE_H

#include <check.h>

#include "conformance/spec/problems.h"

TCase *readers_tests(void);
TCase *atoms_tests(void);
TCase *values_tests(void);
TCase *table_maps_tests(void);
TCase *page_tests(void);

/* A path below files/ beside the tests, from the environment (the build sets it): owned. */
char *reference_file(const char *name);
/* Holds the problems to the lines `expect: LINE: text` or `# expect: LINE:COLUMN: text` at the head of a
 * file, which say all of them in order, each with a part of its text. */
void check_expected(const char *path, const struct problems *problems);

#endif
