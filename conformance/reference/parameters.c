#include "conformance/reference/parameters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"

#define FILES_MAX             16
#define DESCRIPTION_MAX_BYTES (64 * BUF_KIB)

void parameter_folder_init(struct parameter_folder *folder, const char *path, const char *shown)
{
    *folder = (struct parameter_folder){
        .path = mem_dup(path), .shown = mem_dup(shown), .substitutions = json_object()};
}

void parameter_folder_fini(struct parameter_folder *folder)
{
    for (size_t i = 0; i < folder->file_count; i++) {
        free(folder->files[i].name);
        yaml_tree_free(folder->files[i].tree);
    }
    free(folder->files);
    free(folder->path);
    free(folder->shown);
    json_decref(folder->substitutions);
}

/* ---- substitutions ---- */

/* "name" of `.. |name| replace:: text`, owned, and where the text begins; NULL when it is no such line. */
static char *substitution_name(const char *text, const char **ret_text)
{
    static const char middle[] = "| replace::";
    if (!text_starts_with(text, ".. |"))
        return NULL;
    const char *name = text + strlen(".. |");
    const char *end = strchr(name, '|');
    if (!end || !text_starts_with(end, middle))
        return NULL;
    *ret_text = end + strlen(middle);
    return mem_dup_n(name, (size_t)(end - name));
}

void parameter_folder_learn(struct parameter_folder *folder, const struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const char *first;
        CLEANUP(text) char *name = substitution_name(page->lines[i].text, &first);
        if (!name)
            continue;
        struct buf text;
        buf_init(&text, DESCRIPTION_MAX_BYTES);
        buf_puts(&text, first);
        for (size_t k = i + 1; k < page->count && page->lines[k].indent > page->lines[i].indent; k++)
            buf_printf(&text, "\n%s", page->lines[k].text);
        json_object_set_new(folder->substitutions, name, json_string(text.data));
        buf_fini(&text);
    }
}

/* The substituted text is not searched again: nothing can grow without end. */
static char *substituted(const struct parameter_folder *folder, const char *text)
{
    struct buf out;
    buf_init(&out, DESCRIPTION_MAX_BYTES);
    while (*text) {
        const char *end = *text == '|' ? strchr(text + 1, '|') : NULL;
        CLEANUP(text) char *name = end ? mem_dup_n(text + 1, (size_t)(end - text - 1)) : NULL;
        const char *with = name ? json_string_value(json_object_get(folder->substitutions, name)) : NULL;
        if (with)
            buf_puts(&out, with);
        else
            buf_putc(&out, *text);
        text = with ? end + 1 : text + 1;
    }
    return buf_take(&out);
}

/* ---- files ---- */

static void add_file(struct parameter_folder *folder, const char *name, struct problems *problems)
{
    struct err err = ERR_INIT;
    CLEANUP(text) char *path = mem_printf("%s/%s", folder->path, name);
    CLEANUP(text) char *shown = mem_printf("%s%s", folder->shown, name);
    struct parameter_file *file = mem_append(&folder->files, &folder->file_count);
    file->name = mem_dup(name);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return;
    file->tree = yaml_tree_load(path, shown, &err);
    if (!file->tree)
        problems_add_err(problems, &err);
}

/* NULL when it is not at hand. */
static const struct yaml_tree *file_tree(struct parameter_folder *folder, const char *name,
                                         struct problems *problems)
{
    if (!folder->path)
        return NULL;
    for (size_t i = 0; i < folder->file_count; i++) {
        if (strcmp(folder->files[i].name, name) == 0)
            return folder->files[i].tree;
    }
    if (folder->file_count == FILES_MAX)
        return NULL;
    add_file(folder, name, problems);
    return folder->files[folder->file_count - 1].tree;
}

static const char *text_of(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *value = yaml_get(node, key);
    return value ? value->text : NULL;
}

enum parameter_found parameter_find(struct parameter_folder *folder, const char *file, const char *name,
                                    struct problems *problems, struct parameter *ret_parameter)
{
    const struct yaml_tree *tree = file_tree(folder, file, problems);
    const struct yaml_node *node = tree ? yaml_get(&tree->root, name) : NULL;
    if (!tree)
        return PARAMETER_NO_FILE;
    if (!node)
        return PARAMETER_MISSING;
    const char *required = text_of(node, "required");
    const char *description = text_of(node, "description");
    *ret_parameter = (struct parameter){
        .in = text_of(node, "in"),
        .type = text_of(node, "type"),
        .required = required && strcasecmp(required, "true") == 0,
        .description = description ? substituted(folder, description) : NULL,
    };
    return PARAMETER_FOUND;
}
