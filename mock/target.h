/* The target of a request, "/v2/images/7?limit=1", split and percent-decoded. */
#ifndef MOCK_TARGET_H
#define MOCK_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#define TARGET_SEGMENTS_MAX 8
#define TARGET_QUERIES_MAX  64

struct target_query {
    const char *name;
    const char *value; /* "" when there is none */
};

struct target {
    size_t segment_count;
    const char *segments[TARGET_SEGMENTS_MAX]; /* "/" is one empty segment */
    size_t query_count;
    struct target_query queries[TARGET_QUERIES_MAX];
};

/* Splits `raw` in place; the target points into it. False when it is no path, has too many parts, or
 * its percent-encoding is malformed. */
bool target_parse(char *raw, struct target *ret_target);
/* Value of the first query of that name; NULL when there is none. */
const char *target_query(const struct target *target, const char *name);

#endif
