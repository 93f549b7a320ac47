/* The values and fields that a description enumerates. The reference writes them in prose:
 *
 *     A valid value is ``a``, ``b``, or ``c``.        up to the end of the sentence
 *     Possible values: a, b, c                         the same, without marks
 *     ... one of these values:                         items of a list, at the beginning of a line
 *       - ``a``  - text                              or, where lines were joined, of a sentence
 *     ... the following fields:                        the same, and they are fields of an object
 */
#ifndef CONFORMANCE_REFERENCE_VALUES_H
#define CONFORMANCE_REFERENCE_VALUES_H

#include <stdbool.h>
#include <stddef.h>

typedef void values_visit_fn(void *context, const char *value, bool is_field);

/* Calls `visit` for each, in the order of the description; `value` is borrowed and dies with the call. */
void values_of_description(const char *description, values_visit_fn *visit, void *context);

#endif
