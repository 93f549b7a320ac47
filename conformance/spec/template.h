/* Text with ${variables}, and the variables.
 *
 * A template is checked when the suite is loaded (every variable is known by then, a misspelt one is
 * refused with its place and the nearest known name) and expanded when a case runs. `$$` is a dollar. */
#ifndef CONFORMANCE_SPEC_TEMPLATE_H
#define CONFORMANCE_SPEC_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Variables of one case: name ("image.id") to JSON value. Scopes nest; the inner one wins. */
struct vars;

struct vars *vars_new(const struct vars *outer); /* `outer` is borrowed, may be NULL */
void vars_free(struct vars *vars);
void vars_set(struct vars *vars, const char *name, json_t *value); /* takes its own reference */
/* Bytes beyond ASCII become question marks in a text that is not UTF-8. */
void vars_set_text(struct vars *vars, const char *name, const char *text);
/* Borrowed; NULL when unknown here and in every outer scope. */
json_t *vars_get(const struct vars *vars, const char *name);

/* Calls `visit` for each ${name} in text. False with `err` set (no place) on a malformed template: an
 * unclosed brace, an empty name, a lone dollar before a closing brace (before anything else a lone dollar
 * stands for itself, as in a pattern). A name is of letters, digits, `_`, `-` and `.`. visit may be NULL:
 * syntax check only. */
bool template_scan(const char *text, void (*visit)(void *context, const char *name), void *context,
                   struct err *err);

/* The text with every variable replaced, owned. Strings go in as they are, numbers and booleans as
 * JSON writes them. NULL with `err` set on an unknown variable or one that is no scalar. */
char *template_expand(const char *text, const struct vars *vars, struct err *err);

/* A JSON value with templates in its strings (not in its keys), expanded: new reference. A string that
 * is exactly one variable becomes the variable's value with its type. NULL with `err` set. */
json_t *template_expand_json(const json_t *value, const struct vars *vars, struct err *err);

/* A size in bytes: a template whose expansion is SIZE, SIZE + SIZE or SIZE - SIZE, each as
 * number_parse_size takes it ("${limits.image_size_cap} + 1"). */
bool template_expand_size(const char *text, const struct vars *vars, uint64_t *ret_bytes, struct err *err);

#endif
