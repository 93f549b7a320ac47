/* What the parts of the test program hand to its main(). */
#ifndef REPORTS_TEST_TEST_REPORTS_H
#define REPORTS_TEST_TEST_REPORTS_H

#include "base/testing.h"

TCase *tests_of_certificate(void);
TCase *tests_of_earlier(void);
TCase *tests_of_run_log(void);
TCase *tests_of_run_log_resume(void);

#endif
