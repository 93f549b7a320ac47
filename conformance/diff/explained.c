#include "conformance/diff/explained.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "conformance/spec/plain.h"

#define STATUS_MIN 100
#define STATUS_MAX 599

/* ---- reading ---- */

/* Owned; NULL when it is not there, and after complaining. */
static char *read_text(const struct yaml_node *node, const char *key, enum plain_need need,
                       struct problems *problems)
{
    const struct yaml_node *value = plain_text(node, key, need, problems);
    return mem_dup(value ? value->text : NULL);
}

static unsigned read_status(const struct yaml_node *node, struct problems *problems)
{
    uint64_t status = 0;
    const struct yaml_node *value = yaml_get(node, "status");
    bool is_status = value && value->kind == YAML_KIND_SCALAR && number_parse_u64(value->text, &status) &&
                     status >= STATUS_MIN && status <= STATUS_MAX;
    if (value && !is_status)
        problems_add(problems, value->place, "expected \"status\" with a status, as 204");
    return is_status ? (unsigned)status : 0;
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

static void read_entry(const struct yaml_node *node, struct explained *explained, struct problems *problems)
{
    static const char *const keys[] = {"case", "what", "status", "a", "b", "by", "reason", NULL};
    if (!plain_is_mapping(node, "a difference", keys, problems))
        return;
    struct explained_entry *entry = mem_append(&explained->entries, &explained->count);
    entry->line = node->place.line;
    entry->id = read_text(node, "case", PLAIN_MANDATORY, problems);
    entry->status = read_status(node, problems);
    entry->left = read_text(node, "a", PLAIN_OPTIONAL, problems);
    entry->right = read_text(node, "b", PLAIN_OPTIONAL, problems);
    entry->by = read_text(node, "by", PLAIN_MANDATORY, problems);
    entry->reason = read_text(node, "reason", PLAIN_MANDATORY, problems);
    read_whats(node, entry, problems);
}

static void read_root(const struct yaml_node *root, void *context, struct problems *problems)
{
    struct explained *explained = context;
    static const char *const keys[] = {"explained", "differences", NULL};
    if (!plain_is_mapping(root, "the file", keys, problems))
        return;
    plain_text(root, "explained", PLAIN_MANDATORY, problems);
    const struct yaml_node *list = plain_list(root, "differences", problems);
    for (size_t i = 0; list && i < list->count; i++)
        read_entry(&list->values[i], explained, problems);
}

bool explained_load(const char *path, struct explained *ret_explained, struct problems *problems)
{
    struct explained explained = {.path = mem_dup(path)};
    bool loaded = plain_load(path, read_root, &explained, problems);
    if (loaded)
        *ret_explained = explained;
    else
        explained_fini(&explained);
    return loaded;
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
    if (entry->status && entry->status != difference->status)
        return false;
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
