/* Small YAML files: mappings of texts and lists. Each mistake is told at its place. */
#ifndef CONFORMANCE_SPEC_PLAIN_H
#define CONFORMANCE_SPEC_PLAIN_H

#include <stdbool.h>

#include "conformance/spec/problems.h"
#include "conformance/spec/yaml_tree.h"

enum plain_need {
    PLAIN_OPTIONAL,
    PLAIN_MANDATORY,
};

/* Reads the file; `read` takes what it says, and complains of what it should not say. Whether nothing was
 * complained of. */
typedef void plain_read_fn(const struct yaml_node *root, void *context, struct problems *problems);
bool plain_load(const char *path, plain_read_fn *read, void *context, struct problems *problems);

/* Whether it is a mapping: `what` is what it is called. A key that is not among `keys`, which end with NULL,
 * is a mistake. */
bool plain_is_mapping(const struct yaml_node *node, const char *what, const char *const *keys,
                      struct problems *problems);
/* The text of a key of a mapping: borrowed from the tree, never empty. NULL when it is not there, and after
 * complaining. */
const struct yaml_node *plain_text(const struct yaml_node *node, const char *key, enum plain_need need,
                                   struct problems *problems);
/* The list of a key that has to be there. NULL after complaining. */
const struct yaml_node *plain_list(const struct yaml_node *node, const char *key, struct problems *problems);

#endif
