#include "conformance/spec/plain.h"

#include <string.h>

bool plain_load(const char *path, plain_read_fn *read, void *context, struct problems *problems)
{
    struct err err = ERR_INIT;
    size_t before = problems->count;
    struct yaml_tree *tree = yaml_tree_load(path, path, &err);
    if (tree)
        read(&tree->root, context, problems);
    else
        problems_add_err(problems, &err);
    yaml_tree_free(tree);
    problems_sort(problems);
    return problems->count == before;
}

bool plain_is_mapping(const struct yaml_node *node, const char *what, const char *const *keys,
                      struct problems *problems)
{
    if (node->kind != YAML_KIND_MAPPING) {
        problems_add(problems, node->place, "%s is %s, expected a mapping", what, yaml_kind_text(node));
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        size_t k = 0;
        while (keys[k] && strcmp(keys[k], node->keys[i].text) != 0)
            k++;
        if (!keys[k])
            problems_add(problems, node->keys[i].place, "unknown key \"%s\"", node->keys[i].text);
    }
    return true;
}

const struct yaml_node *plain_text(const struct yaml_node *node, const char *key, enum plain_need need,
                                   struct problems *problems)
{
    const struct yaml_node *value = yaml_get(node, key);
    if (value && value->kind == YAML_KIND_SCALAR && *value->text)
        return value;
    if (value || need == PLAIN_MANDATORY)
        problems_add(problems, value ? value->place : node->place, "expected \"%s\" with a text", key);
    return NULL;
}

const struct yaml_node *plain_list(const struct yaml_node *node, const char *key, struct problems *problems)
{
    const struct yaml_node *value = yaml_get(node, key);
    if (value && value->kind == YAML_KIND_SEQUENCE)
        return value;
    problems_add(problems, value ? value->place : node->place, "expected \"%s\" with a list", key);
    return NULL;
}
