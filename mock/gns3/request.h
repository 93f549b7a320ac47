/* The JSON of a request, held against what a call takes (truth, gns3-compute-v2: JSON Schema, draft 4,
 * `additionalProperties: false`). */
#ifndef MOCK_GNS3_REQUEST_H
#define MOCK_GNS3_REQUEST_H

#include "mock/gns3/general.h"

enum gns3_kind {
    GNS3_INTEGER,
    GNS3_STRING,
    GNS3_ENUM,
};

struct gns3_value {
    const char *text;
    enum rule accepted;
};

struct gns3_parameter {
    const char *name;
    enum gns3_kind kind;
    enum rule kind_rule;             /* other values are refused */
    const struct gns3_value *values; /* of an enum; ends with one without text */
    const char *fallback; /* JSON: what a mandatory one is taken for where the rule is broken; NULL: nothing
                             is done then, and the answer is that of success */
    bool mandatory;
    enum rule mandatory_rule;
};

struct gns3_schema {
    const char *route;
    const struct gns3_parameter *parameters; /* in order of name; ends with one without name */
    enum rule body_rule;
    enum rule json_rule;
    enum rule unknown_rule;
};

/* Calls `take` with the object of the request, which obeys the schema; otherwise the exchange is answered. */
void gns3_with_request(struct exchange *exchange, const struct gns3_schema *schema,
                       void (*take)(struct exchange *exchange, json_t *request));

/* A text of the request; NULL with 409 answered when it has a NUL, which no path has. Borrowed. */
const char *gns3_take_path(struct exchange *exchange, const struct gns3_schema *schema, const json_t *request,
                           const char *name);

#endif
