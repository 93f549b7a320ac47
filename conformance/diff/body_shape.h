/* What a body is made of, without its values. */
#ifndef CONFORMANCE_DIFF_BODY_SHAPE_H
#define CONFORMANCE_DIFF_BODY_SHAPE_H

#include <jansson.h>

#include "reports/result.h"

/* "none", "JSON", "markup" (HTML, XML) or "other". *ret_json is a new reference, NULL when it is none, or was
 * not kept whole. */
const char *body_kind(const struct result_body *body, json_t **ret_json);

/* Calls `differ` for each place that is of other types in one than in the other: a JSON pointer, in which *
 * stands for all items of an array, and the types ("string|null", "uuid", "absent"). Of what is absent, only
 * the whole. */
void body_shape_compare(json_t *left, json_t *right,
                        void (*differ)(void *context, const char *pointer, const char *left,
                                       const char *right),
                        void *context);

#endif
