/* The shape of a JSON value: specs/README.md, "expect". */
#ifndef CONFORMANCE_MATCH_SHAPE_H
#define CONFORMANCE_MATCH_SHAPE_H

#include <jansson.h>
#include <stdbool.h>

#include "conformance/match/match.h"

struct shape;

struct shape *shape_parse(const struct match_source *source,
                          const struct yaml_node *node); /* NULL: complained */
void shape_free(struct shape *shape);                    /* accepts NULL */
bool shape_holds(const struct shape *shape, const json_t *value);
/* Where and how `value` differs: owned, "/images/0/id: 5 is no uuid"; NULL when it has the shape. */
char *shape_difference(const struct shape *shape, const json_t *value);
const char *shape_text(const struct shape *shape); /* as it was written, on a line */

#endif
