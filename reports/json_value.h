/* What the forms that are JSON have in common. */
#ifndef REPORTS_JSON_VALUE_H
#define REPORTS_JSON_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reports/result.h"

/* New references. */
json_t *json_value_text(const char *text); /* any bytes, U+FFFD for what is no UTF-8; null for NULL */
json_t *json_value_texts(char *const *texts, size_t count);
json_t *json_value_ms(uint64_t time_us); /* in milliseconds */
json_t *json_value_summary(const struct run_result *run);
/* A message's headers as [{"name": N, "value": V}...]. */
json_t *json_value_headers(const struct result_message *message);

/* Writes the value and lets go of it. False when the stream fails. */
bool json_value_put(FILE *out, json_t *value);
/* Writes an object without its closing brace, so that more can follow, and lets go of it. */
bool json_value_open(FILE *out, json_t *object);

#endif
