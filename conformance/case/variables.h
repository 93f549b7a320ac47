/* What the ${variables} of a case are before anything is sent. */
#ifndef CONFORMANCE_CASE_VARIABLES_H
#define CONFORMANCE_CASE_VARIABLES_H

#include "conformance/spec/spec.h"
#include "conformance/spec/template.h"
#include "conformance/target/target.h"

/* The row of its matrix, the projects of the identities, the values of the limits that it needs. False with
 * `err` set: one of the target's is no good. */
bool variables_set_case(struct vars *vars, const struct spec_case *one, const struct target *target,
                        struct err *err);
/* The params of a given, in a scope of its own inside that of the case. False with `err` set. */
bool variables_set_given(struct vars *scope, const struct spec_given_use *use, const struct vars *of_case,
                         struct err *err);
/* What is known of the given in its scope, params and captures, as ${use.name} to the case. */
void variables_publish(struct vars *of_case, const struct spec_given_use *use, const struct vars *scope);

#endif
