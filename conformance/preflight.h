/* Before a run: one resource of an API is made, read and deleted, as a case would, to see whether the subject
 * lets the owner do that at all. What the given `preflight` of the API sends is in specs/<API>/shared.yaml.
 */
#ifndef CONFORMANCE_PREFLIGHT_H
#define CONFORMANCE_PREFLIGHT_H

#include "conformance/case/run.h"

#define PREFLIGHT_NUMBER 0 /* of ${case.id}: cases have theirs from 1 */

/* What it sends, as a case: points into itself and into the suite. */
struct preflight_case {
    struct spec_given_use use;
    struct spec_clause clause;
    struct spec_parts parts;
    struct spec_case one;
};

/* False when the suite has no given of that name for the API. */
bool preflight_case(const struct spec_suite *suite, const char *api, struct preflight_case *ret_case);

/* NULL when the run may begin: also when the subject's answers are wrong in a way that cases will find, and
 * when the suite has no such given. Otherwise one sentence, owned: nobody is there, the owner may not (401,
 * 403), the service is not well (5xx) or wants to be left alone (429), or what was made could not be deleted,
 * not even as `imageproof clean` would. */
char *preflight(const struct case_environment *environment, const struct spec_suite *suite,
                struct subject_session *session, const char *api);

#endif
