#include "conformance/ledger/excuses.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conformance/reference/table_maps.h"

static const struct {
    const char *list; /* key of the list */
    const char *name; /* key of the name in its items */
} kinds[EXCUSE_KIND_COUNT] = {
    [EXCUSE_DOCUMENT] = {"documents", "document"},
    [EXCUSE_ATOM] = {"atoms", "atom"},
    [EXCUSE_CALL] = {"calls", "call"},
    [EXCUSE_CLAUSE] = {"clauses", "clause"},
    [EXCUSE_CASE] = {"cases", "case"},
};

static const char *text_of(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_get(node, key);
    return value && value->text && *value->text ? value->text : NULL;
}

static void read_excuse(enum excuse_kind kind, const struct yaml_node *node, struct problems *problems,
                        struct excuses *excuses)
{
    bool is_atom = kind == EXCUSE_ATOM;
    struct excuse excuse = {.kind = kind,
                            .name = text_of(node, kinds[kind].name),
                            .document = is_atom ? text_of(node, "document") : NULL,
                            .reason = text_of(node, "reason"),
                            .place = node->place};
    size_t wanted = is_atom ? 3 : 2;
    if (!excuse.name || !excuse.reason || node->count != wanted || (is_atom && !excuse.document))
        problems_add(problems, node->place, "an exception has the keys %s%s and reason, each a text",
                     kinds[kind].name, is_atom ? ", document" : "");
    else
        *mem_append(&excuses->items, &excuses->count) = excuse;
}

static void read_list(const struct yaml_node *key, const struct yaml_node *node, struct problems *problems,
                      struct excuses *excuses)
{
    size_t kind = 0;
    while (kind < EXCUSE_KIND_COUNT && strcmp(kinds[kind].list, key->text) != 0)
        kind++;
    if (kind == EXCUSE_KIND_COUNT) {
        problems_add(problems, key->place,
                     "unknown key \"%s\", expected documents, atoms, calls, clauses or cases", key->text);
        return;
    }
    if (node->kind != YAML_KIND_SEQUENCE)
        problems_add(problems, node->place, "%s is %s, expected a list", key->text, yaml_kind_text(node));
    for (size_t i = 0; node->kind == YAML_KIND_SEQUENCE && i < node->count; i++)
        read_excuse((enum excuse_kind)kind, &node->values[i], problems, excuses);
}

bool excuses_load(const char *path, struct problems *problems, struct excuses *ret_excuses)
{
    struct err err = ERR_INIT;
    *ret_excuses = (struct excuses){0};
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return true;
    ret_excuses->tree = yaml_tree_load(path, path, &err);
    if (!ret_excuses->tree) {
        problems_add_err(problems, &err);
        return false;
    }
    const struct yaml_node *root = &ret_excuses->tree->root;
    if (root->kind != YAML_KIND_MAPPING)
        problems_add(problems, root->place, "the file is %s, expected a mapping", yaml_kind_text(root));
    for (size_t i = 0; root->kind == YAML_KIND_MAPPING && i < root->count; i++)
        read_list(&root->keys[i], &root->values[i], problems, ret_excuses);
    if (problems->count == 0)
        return true;
    excuses_fini(ret_excuses);
    return false;
}

void excuses_fini(struct excuses *excuses)
{
    free(excuses->items);
    yaml_tree_free(excuses->tree);
    *excuses = (struct excuses){0};
}

static bool excuses_it(const struct excuse *excuse, const char *name, const char *document)
{
    if (excuse->kind == EXCUSE_DOCUMENT)
        return document_is_same(excuse->name, name);
    bool same_document = excuse->kind != EXCUSE_ATOM || document_is_same(excuse->document, document);
    return same_document && fnmatch(excuse->name, name, 0) == 0;
}

const struct excuse *excuses_find(struct excuses *excuses, enum excuse_kind kind, const char *name,
                                  const char *document)
{
    for (size_t i = 0; i < excuses->count; i++) {
        struct excuse *excuse = &excuses->items[i];
        if (excuse->kind != kind || !excuses_it(excuse, name, document))
            continue;
        excuse->used = true;
        return excuse;
    }
    return NULL;
}
