/* What is otherwise in one of two answers to the same request. */
#ifndef CONFORMANCE_DIFF_EXCHANGE_DIFF_H
#define CONFORMANCE_DIFF_EXCHANGE_DIFF_H

#include "conformance/diff/normal.h"
#include "conformance/spec/spec.h"
#include "reports/result.h"

struct exchange_side {
    const struct result_exchange *exchange;
    struct normal_names names;
};

/* Texts are the callee's to copy. `what` is one of
 *
 *     outcome                 "answered", "timeout", ...
 *     status                  "204"
 *     header NAME             "present", "absent"; or its value, where the step expects something of it
 *     body                    "none", "JSON", "markup", "other"
 *     body POINTER            types, as "string|null"
 *     value POINTER           where the step expects something of it */
typedef void exchange_differ(void *context, const char *what, const char *left, const char *right);

/* `step` is what the suite expects of the answers; NULL: nothing, as of a given. */
void exchange_compare(const struct exchange_side *left, const struct exchange_side *right,
                      const struct spec_step *step, exchange_differ *differ, void *context);

#endif
