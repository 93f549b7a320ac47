#include "conformance/reference/table_maps.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/reference/page.h"

static const struct {
    const char *end;
    enum atom_kind kind;
} parts[] = {{" request", ATOM_REQUEST}, {" response", ATOM_RESPONSE}};

static void complain_table(const struct yaml_node *node, struct problems *problems)
{
    problems_add(problems, node->place, "expected METHOD /path request, or response");
}

static void read_table(const struct yaml_node *node, struct problems *problems, struct table_maps_file *file)
{
    for (size_t i = 0; node->text && i < sizeof parts / sizeof *parts; i++) {
        if (!text_ends_with(node->text, parts[i].end))
            continue;
        CLEANUP(text) char *text = mem_dup_n(node->text, strlen(node->text) - strlen(parts[i].end));
        char *call = atom_call(text);
        if (!call)
            break;
        *mem_append(&file->tables, &file->table_count) = (struct table_map){call, parts[i].kind, node->place};
        return;
    }
    complain_table(node, problems);
}

/* The tree is taken. */
static void read_map(struct yaml_tree *tree, struct problems *problems, struct table_maps *maps)
{
    const struct yaml_node *document = yaml_get(&tree->root, "document");
    const struct yaml_node *tables = yaml_get(&tree->root, "tables");
    struct table_maps_file *file = mem_append(&maps->files, &maps->count);
    file->tree = tree;
    if (tree->root.count != 2 || !document || !document->text || !tables ||
        tables->kind != YAML_KIND_SEQUENCE) {
        problems_add(problems, tree->root.place, "a map has the keys document, a name, and tables, a list");
        return;
    }
    file->document = mem_dup(document->text);
    for (size_t i = 0; i < tables->count; i++)
        read_table(&tables->values[i], problems, file);
}

static int is_map(const struct dirent *entry)
{
    return text_ends_with(entry->d_name, ".map.yaml");
}

void table_maps_load(const char *folder, struct problems *problems, struct table_maps *ret_maps)
{
    struct dirent **entries;
    *ret_maps = (struct table_maps){0};
    int count = scandir(folder, &entries, is_map, alphasort);
    if (count < 0)
        return;
    for (int i = 0; i < count; i++) {
        struct err err = ERR_INIT;
        CLEANUP(text) char *path = mem_printf("%s/%s", folder, entries[i]->d_name);
        struct yaml_tree *tree = yaml_tree_load(path, path, &err);
        if (tree)
            read_map(tree, problems, ret_maps);
        else
            problems_add_err(problems, &err);
        free(entries[i]);
    }
    free(entries);
}

void table_maps_fini(struct table_maps *maps)
{
    for (size_t i = 0; i < maps->count; i++) {
        struct table_maps_file *file = &maps->files[i];
        for (size_t k = 0; k < file->table_count; k++)
            free(file->tables[k].call);
        free(file->tables);
        free(file->document);
        yaml_tree_free(file->tree);
    }
    free(maps->files);
}

const struct table_maps_file *table_maps_find(const struct table_maps *maps, const char *document)
{
    for (size_t i = 0; i < maps->count; i++) {
        if (maps->files[i].document && document_is_same(maps->files[i].document, document))
            return &maps->files[i];
    }
    return NULL;
}

static bool is_tail(const char *whole, const char *tail)
{
    size_t whole_length = strlen(whole);
    size_t length = strlen(tail);
    return length < whole_length && whole[whole_length - length - 1] == '/' && text_ends_with(whole, tail);
}

bool document_is_same(const char *left, const char *right)
{
    return strcmp(left, right) == 0 || is_tail(left, right) || is_tail(right, left);
}
