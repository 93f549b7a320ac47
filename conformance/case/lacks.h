/* Why a case is not judged of a target. */
#ifndef CONFORMANCE_CASE_LACKS_H
#define CONFORMANCE_CASE_LACKS_H

#include "conformance/spec/spec.h"
#include "conformance/target/target.h"

/* What the case asks and the target does not have or does not allow, as one line: owned; NULL when it can be
 * judged. */
char *case_lacks(const struct target *target, const char *fixtures, const struct spec_case *one);

#endif
