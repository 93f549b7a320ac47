/* Runs made by hand, for the tests of what is written about them. */
#ifndef REPORTS_TEST_MADE_RUN_H
#define REPORTS_TEST_MADE_RUN_H

#include "reports/result.h"

/* What a subject could send to break a report: ends of CDATA and of quotes, controls of a terminal, bytes
 * that are no UTF-8, characters that XML cannot hold. */
extern const char made_hostile[];

/* One case of each verdict in two sections, `text` wherever the subject or the suite has a say. */
struct run_result made_run(const char *text);
/* No case at all. */
struct run_result made_empty_run(void);
/* As made_run(), with texts of a mebibyte. */
struct run_result made_huge_run(void);
/* As made_run(), stopped by the user. */
struct run_result made_interrupted_run(void);
/* As made_run(), its failure without finding, exchange or clause. */
struct run_result made_bare_run(void);

#endif
