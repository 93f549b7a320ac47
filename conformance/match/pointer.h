/* JSON pointers (RFC 6901). */
#ifndef CONFORMANCE_MATCH_POINTER_H
#define CONFORMANCE_MATCH_POINTER_H

#include <jansson.h>
#include <stdbool.h>

/* "" or "/a/0/b", with ~0 and ~1 for ~ and /. */
bool pointer_valid(const char *pointer);
/* Borrowed; NULL when there is nothing. */
json_t *pointer_get(json_t *json, const char *pointer);

#endif
