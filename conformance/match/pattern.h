/* Patterns: PCRE2, for a whole text, with limits, so that no answer can keep the judge busy. */
#ifndef CONFORMANCE_MATCH_PATTERN_H
#define CONFORMANCE_MATCH_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance/match/match.h"

struct pattern;

/* The pattern in a node of a suite; NULL after complaining. */
struct pattern *pattern_parse(const struct match_source *source, const struct yaml_node *node);
void pattern_free(struct pattern *pattern); /* accepts NULL */
bool pattern_matches(const struct pattern *pattern, const char *text, size_t length);
/* How many groups ( ) capture a part of the text. */
size_t pattern_groups(const struct pattern *pattern);
/* What the first group of a pattern with groups captured: owned; NULL when the text does not match. */
char *pattern_part(const struct pattern *pattern, const char *text, size_t length);
const char *pattern_text(const struct pattern *pattern);

#endif
