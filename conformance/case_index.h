/* The cases of a suite by their ids. */
#ifndef CONFORMANCE_CASE_INDEX_H
#define CONFORMANCE_CASE_INDEX_H

#include "conformance/spec/spec.h"

struct case_index;

/* Of every case; the suite is borrowed. */
struct case_index *case_index_new(const struct spec_suite *suite);
/* NULL when the suite has no such case. */
const struct spec_case *case_index_find(const struct case_index *index, const char *id);
void case_index_free(struct case_index *index); /* accepts NULL */

#endif
