/* What a survey is made of. */
#ifndef CONFORMANCE_SURVEY_OPTIONS_H
#define CONFORMANCE_SURVEY_OPTIONS_H

#include <stdatomic.h>

#include "conformance/spec/spec.h"
#include "conformance/target/target.h"

struct survey_options {
    struct target *target; /* connected by the survey itself */
    const struct spec_suite *suite;
    const struct spec_case *const *cases; /* of which it is told whether they can be judged */
    size_t case_count;
    const char *fixtures;
    const atomic_bool *stop;
};

#endif
