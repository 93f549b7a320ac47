#include "conformance/diff/explained.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- reading ---- */

enum need {
    OPTIONAL,
    MANDATORY,
};

/* Owned; NULL when it is not there, and after complaining. */
static char *read_text(const struct yaml_node *node, const char *key, enum need need,
                       struct problems *problems)
{
    const struct yaml_node *value = yaml_get(node, key);
    if (value && value->kind == YAML_KIND_SCALAR && *value->text)
        return mem_dup(value->text);
    if (value || need == MANDATORY)
        problems_add(problems, value ? value->place : node->place, "expected \"%s\" with a text", key);
    return NULL;
}

static void read_whats(const struct yaml_node *node, struct explained_entry *entry, struct problems *problems)
{
    const struct yaml_node *value = yaml_get(node, "what");
    bool is_list = value && value->kind == YAML_KIND_SEQUENCE;
    size_t count = is_list ? value->count : value ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *one = is_list ? &value->values[i] : value;
        if (one->kind == YAML_KIND_SCALAR && *one->text)
            *mem_append(&entry->whats, &entry->what_count) = mem_dup(one->text);
        else
            problems_add(problems, one->place, "what is %s, expected a text", yaml_kind_text(one));
    }
    if (count == 0)
        problems_add(problems, value ? value->place : node->place,
                     "expected \"what\" with a text, or a list of them");
}

static void check_keys(const struct yaml_node *node, const char *const *keys, struct problems *problems)
{
    for (size_t i = 0; i < node->count; i++) {
        size_t k = 0;
        while (keys[k] && strcmp(keys[k], node->keys[i].text) != 0)
            k++;
        if (!keys[k])
            problems_add(problems, node->keys[i].place, "unknown key \"%s\"", node->keys[i].text);
    }
}

static void read_entry(const struct yaml_node *node, struct explained *explained, struct problems *problems)
{
    static const char *const keys[] = {"case", "what", "a", "b", "by", "reason", NULL};
    if (node->kind != YAML_KIND_MAPPING) {
        problems_add(problems, node->place, "a difference is %s, expected a mapping", yaml_kind_text(node));
        return;
    }
    check_keys(node, keys, problems);
    struct explained_entry *entry = mem_append(&explained->entries, &explained->count);
    entry->line = node->place.line;
    entry->id = read_text(node, "case", MANDATORY, problems);
    entry->left = read_text(node, "a", OPTIONAL, problems);
    entry->right = read_text(node, "b", OPTIONAL, problems);
    entry->by = read_text(node, "by", MANDATORY, problems);
    entry->reason = read_text(node, "reason", MANDATORY, problems);
    read_whats(node, entry, problems);
}

static void read_root(const struct yaml_node *root, struct explained *explained, struct problems *problems)
{
    static const char *const keys[] = {"explained", "differences", NULL};
    if (root->kind != YAML_KIND_MAPPING) {
        problems_add(problems, root->place, "the file is %s, expected a mapping", yaml_kind_text(root));
        return;
    }
    check_keys(root, keys, problems);
    free(read_text(root, "explained", MANDATORY, problems));
    const struct yaml_node *list = yaml_get(root, "differences");
    if (!list || list->kind != YAML_KIND_SEQUENCE)
        problems_add(problems, list ? list->place : root->place, "expected \"differences\" with a list");
    for (size_t i = 0; list && list->kind == YAML_KIND_SEQUENCE && i < list->count; i++)
        read_entry(&list->values[i], explained, problems);
}

bool explained_load(const char *path, struct explained *ret_explained, struct problems *problems)
{
    struct err err = ERR_INIT;
    struct explained explained = {.path = mem_dup(path)};
    size_t before = problems->count;
    struct yaml_tree *tree = yaml_tree_load(path, path, &err);
    if (tree)
        read_root(&tree->root, &explained, problems);
    else
        problems_add_err(problems, &err);
    yaml_tree_free(tree);
    problems_sort(problems);
    if (problems->count == before)
        *ret_explained = explained;
    else
        explained_fini(&explained);
    return problems->count == before;
}

void explained_fini(struct explained *explained)
{
    for (size_t i = 0; i < explained->count; i++) {
        struct explained_entry *entry = &explained->entries[i];
        for (size_t k = 0; k < entry->what_count; k++)
            free(entry->whats[k]);
        free(entry->whats);
        free(entry->id);
        free(entry->left);
        free(entry->right);
        free(entry->by);
        free(entry->reason);
    }
    free(explained->entries);
    free(explained->path);
    *explained = (struct explained){0};
}

/* ---- applying ---- */

static bool fits(const char *glob, const char *text)
{
    return !glob || fnmatch(glob, text, 0) == 0;
}

static bool is_decided_so(const char *by, const char *clause)
{
    if (clause)
        return strcmp(by, clause) == 0;
    return strcmp(by, "none") == 0 || strcmp(by, "quirk") == 0;
}

bool explained_fits(const struct explained_entry *entry, const struct diff_difference *difference)
{
    bool is_named = false;
    for (size_t i = 0; i < entry->what_count; i++)
        is_named = is_named || fits(entry->whats[i], difference->what);
    return is_named && fits(entry->id, difference->id) && fits(entry->left, difference->left) &&
           fits(entry->right, difference->right) && is_decided_so(entry->by, difference->clause);
}

size_t explained_apply(struct explained *explained, struct diff *diff)
{
    size_t open = 0;
    for (size_t i = 0; i < diff->count; i++) {
        size_t k = 0;
        while (k < explained->count && !explained_fits(&explained->entries[k], &diff->items[i]))
            k++;
        diff->items[i].entry = k < explained->count ? &explained->entries[k] : NULL;
        if (k < explained->count)
            explained->entries[k].used++;
        else
            open++;
    }
    return open;
}
