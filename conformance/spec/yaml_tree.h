/* A YAML file as a tree whose every node knows its place. libyaml does the parsing.
 *
 * Stricter than YAML: one document, no anchors, aliases or tags, no key twice, depth and size bounded;
 * whatever breaks that is refused with its line and column. Plain scalars are typed by the core schema
 * of YAML 1.2 (null, true, false, integers, floats); quoted ones are strings. */
#ifndef CONFORMANCE_SPEC_YAML_TREE_H
#define CONFORMANCE_SPEC_YAML_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define YAML_TREE_DEPTH_MAX      32
#define YAML_TREE_FILE_MAX_BYTES (4u << 20)

enum yaml_kind {
    YAML_KIND_SCALAR,
    YAML_KIND_SEQUENCE,
    YAML_KIND_MAPPING,
};

struct yaml_place {
    const char *file; /* borrowed from the tree */
    unsigned line;    /* 1-based; a file of YAML_TREE_FILE_MAX_BYTES has no more than fit */
    unsigned column;  /* 1-based, in characters */
};

struct yaml_node {
    struct yaml_place place;
    enum yaml_kind kind;
    bool quoted;
    char *text;               /* scalar: its text, UTF-8, never with a NUL inside; otherwise NULL */
    struct yaml_node *keys;   /* mapping: scalars; otherwise NULL */
    struct yaml_node *values; /* mapping: beside keys; sequence: its items */
    size_t count;
};

struct yaml_tree {
    char *file; /* the name given, as it appears in messages */
    struct yaml_node root;
};

/* Reads `path`; messages and places call it `name`. NULL with `err` set. Owned by the caller. */
struct yaml_tree *yaml_tree_load(const char *path, const char *name, struct err *err);
struct yaml_tree *yaml_tree_parse(const char *bytes, size_t length, const char *name, struct err *err);
void yaml_tree_free(struct yaml_tree *tree);
/* The bytes of such a file, owned: for who needs them beside the tree. NULL with `err` set. */
char *yaml_tree_read(const char *path, const char *name, size_t *ret_length, struct err *err);

/* The value under `key`, NULL when absent or when `node` is no mapping. Borrowed. */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);

/* The node as JSON, a new reference. Numbers too large for JSON integers become strings. */
json_t *yaml_to_json(const struct yaml_node *node);

/* "a mapping", "a sequence", "a string", "an integer", ... for messages. */
const char *yaml_kind_text(const struct yaml_node *node);

#endif
