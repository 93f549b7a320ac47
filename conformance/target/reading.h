/* Reading a target file, shared by the other files here: each mistake is told where it is, and reading goes
 * on, so that all of them are told at once. */
#ifndef CONFORMANCE_TARGET_READING_H
#define CONFORMANCE_TARGET_READING_H

#include "conformance/target/target.h"

struct reading {
    struct target *target; /* as far as it was read */
    struct problems *problems;
};

/* In each, `what` is what the value is called in a complaint. */
bool reading_is_mapping(struct reading *reading, const struct yaml_node *node, const char *what);
/* Complains of every key that is not among `keys`, NULL-terminated. */
void reading_keys(struct reading *reading, const struct yaml_node *node, const char *what,
                  const char *const *keys);
bool reading_has_one_key(struct reading *reading, const struct yaml_node *node, const char *what);
/* Owned; NULL after complaining, and when `node` is NULL. */
char *reading_text(struct reading *reading, const struct yaml_node *node, const char *what);
/* A text with ${variables}, which are replaced when a case runs. */
char *reading_template(struct reading *reading, const struct yaml_node *node, const char *what);
void reading_check_template(struct reading *reading, const struct yaml_node *node, const char *what,
                            const char *text);
/* Writes *ret_ms only when it is one. */
void reading_duration(struct reading *reading, const struct yaml_node *node, const char *what,
                      uint64_t *ret_ms);
/* False after complaining. */
bool reading_flag(struct reading *reading, const struct yaml_node *node, const char *what);
/* A text, or where it is: {env: NAME}, {file: PATH}. What it is, is no one's business; where it is not, that
 * is told when the subject is to be asked. NULL after a problem. */
char *reading_secret(struct reading *reading, const struct yaml_node *node, const char *what);
/* Appends the texts of a list. */
void reading_words(struct reading *reading, const struct yaml_node *node, const char *what, char ***words,
                   size_t *count);

void read_identities(struct reading *reading, const struct yaml_node *node);
void read_limits(struct reading *reading, const struct yaml_node *node);
void read_conditions(struct reading *reading, const struct yaml_node *node);

/* Says nothing yet. */
struct target *target_new(void);

#endif
