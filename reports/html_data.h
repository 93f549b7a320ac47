/* The data inside of the HTML report: what its script (writers/html/script.js) shows. */
#ifndef REPORTS_HTML_DATA_H
#define REPORTS_HTML_DATA_H

#include <stdio.h>

#include "reports/result.h"

/* Evidence of failures is in the page as far as it fits, in bytes of JSON; the first cases first. */
#define HTML_EVIDENCE_MAX_BYTES ((size_t)12 << 20)

/* One JSON object, without any '<', so that it can stand within a script element. Rows are short and repeat
 * nothing: a page may have 100,000 of them. False when the stream fails. */
bool html_data_put(FILE *out, const struct run_result *run);

#endif
