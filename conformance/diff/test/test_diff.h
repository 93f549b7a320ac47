/* The test cases of the diff, each in its file. */
#ifndef CONFORMANCE_DIFF_TEST_DIFF_H
#define CONFORMANCE_DIFF_TEST_DIFF_H

#include <check.h>

#include "reports/result.h"

TCase *tests_of_normal(void);
TCase *tests_of_exchanges(void);
TCase *tests_of_cases(void);
TCase *tests_of_explained(void);

struct answer_row {
    int status;          /* 0: none came */
    const char *headers; /* "Name: value", one a line */
    const char *body;
};
struct result_exchange exchange_of(const struct answer_row *row, const char *purpose);

#endif
