/* What a line of the log says, as JSON and back: every field of struct run_result and struct result_case that
 * is not computed, nothing lost. A field that is empty is left out. Text that JSON cannot hold is
 * {"base64": "..."} in place of a string. */
#ifndef REPORTS_RECORD_H
#define REPORTS_RECORD_H

#include <jansson.h>
#include <stdbool.h>

#include "reports/result.h"

/* Which part of a case or of a run a line is about. */
enum record_part {
    RECORD_BEGIN, /* of a run: what is known before the first case */
    RECORD_END,   /* of a run: what is known at its end */
    RECORD_PLAN,  /* of a case: what the suite says of it */
    RECORD_CASE,  /* of a case: what became of it */
};

/* Adds the fields of that part to `object`. */
void record_put_run(const struct run_result *run, enum record_part part, json_t *object);
void record_put_case(const struct result_case *result, enum record_part part, json_t *object);

/* Fills the fields of that part, which must be empty before; fields of others are left alone. False when a
 * value is not of its kind; what was read until then stays, for result_fini. */
bool record_get_run(const json_t *object, enum record_part part, struct run_result *run);
bool record_get_case(const json_t *object, enum record_part part, struct result_case *result);

#endif
