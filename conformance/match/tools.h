/* What matchers share: reading what they are told, and saying what they found. */
#ifndef CONFORMANCE_MATCH_TOOLS_H
#define CONFORMANCE_MATCH_TOOLS_H

#include "conformance/match/match.h"

/* One way of expecting: the key of a mapping. */
struct match_key {
    const char *name;
    int kind; /* what the matcher makes of it */
};

/* The kind of the one key that the mapping `node` has; `ret_value` is beside it. False after complaining:
 * about an unknown key, none, or several. `what` names it in messages. */
bool match_read_key(const struct match_source *source, const struct yaml_node *node, const char *what,
                    const struct match_key *keys, size_t count, int *ret_kind,
                    const struct yaml_node **ret_value);
/* Calls `take` for each member of the mapping that the source's node is. False when that, or `take`,
 * complained. `what` is the matcher's name, `of` tells what its mapping is of: " of names to texts", or "".
 */
typedef void match_member_fn(const struct match_source *source, const struct yaml_node *key,
                             const struct yaml_node *value, void *context);
bool match_each_member(const struct match_source *source, const char *what, const char *of,
                       match_member_fn *take, void *context);
/* The text of a scalar as a template whose variables are checked: owned, NULL after complaining. */
char *match_read_template(const struct match_source *source, const struct yaml_node *node, const char *what);
/* Whether the value is `true`; complains when it is anything else. */
bool match_read_true(const struct match_source *source, const struct yaml_node *node, const char *what);
/* Checks the variables in all strings below `node`. */
void match_read_json(const struct match_source *source, const struct yaml_node *node);

/* Reports one finding; frees both texts. */
void match_say(const struct match_report *report, char *expected, char *actual);
/* A text, quoted and cut to a line: owned. */
char *match_quote(const char *text, size_t length);
/* A value as JSON, cut to a line: owned; "nothing" for NULL. */
char *match_json_text(const json_t *value);

#endif
