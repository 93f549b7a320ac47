#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

static const char *const api_names[] = {"images-v1", "images-v2", "gns3-compute-v2"};

#define API_COUNT      (sizeof api_names / sizeof *api_names)
#define FOLDER_MAX     1000
#define LOADED_API_MAX 64

/* A suite while it is loaded. */
struct loading {
    struct spec_suite *suite;
    struct problems *problems;
    const char *fixtures;
    struct digest *digest;
    struct names ids;
    struct spec_api *apis[LOADED_API_MAX];
    size_t api_count;
};

/* ---- files ---- */

static void file_free(struct spec_file *file)
{
    for (size_t i = 0; i < file->call_count; i++) {
        free(file->calls[i]->name);
        free(file->calls[i]->method);
        free(file->calls[i]->path);
        free(file->calls[i]);
    }
    for (size_t i = 0; i < file->given_count; i++)
        given_free(file->givens[i]);
    for (size_t i = 0; i < file->clause_count; i++)
        clause_free(file->clauses[i]);
    free(file->calls);
    free(file->givens);
    free(file->clauses);
    free(file->name);
    free(file->api);
    free(file->section);
    free(file->reference);
    yaml_tree_free(file->tree);
    free(file);
}

static void read_head(struct loading *loading, struct spec_file *file)
{
    struct spec_context context = {.problems = loading->problems};
    const struct yaml_node *root = &file->tree->root;
    if (!read_is_mapping(&context, root, "the file"))
        return;
    bool has_clauses = yaml_get(root, "clauses");
    const struct spec_key keys[] = {{"section", has_clauses}, {"reference", has_clauses}, {"calls", false},
                                    {"bodies", false},        {"givens", false},          {"clauses", false}};
    read_keys(&context, root, "a file", keys, sizeof keys / sizeof *keys);
    file->section = mem_dup(read_string(&context, yaml_get(root, "section"), "section"));
    file->reference = mem_dup(read_string(&context, yaml_get(root, "reference"), "reference"));
}

static void add_bytes(struct loading *loading, const char *bytes, size_t length, const char *name,
                      const char *api)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = yaml_tree_parse(bytes, length, name, &err);
    if (!tree) {
        problems_add_err(loading->problems, &err);
        return;
    }
    struct spec_file *file = mem_alloc(sizeof *file);
    file->name = mem_dup(name);
    file->api = mem_dup(api);
    file->tree = tree;
    *mem_append(&loading->suite->files, &loading->suite->file_count) = file;
    read_head(loading, file);
}

static void add_path(struct loading *loading, const char *path, const char *name, const char *api)
{
    struct err err = ERR_INIT;
    size_t length;
    CLEANUP(text) char *bytes = yaml_tree_read(path, name, &length, &err);
    if (!bytes) {
        problems_add_err(loading->problems, &err);
        return;
    }
    digest_update(loading->digest, name, strlen(name) + 1);
    digest_update(loading->digest, bytes, length);
    add_bytes(loading, bytes, length, name, api);
}

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".yaml") == 0 && entry->d_name[0] != '.';
}

/* Every *.yaml of a folder, by name; those of `except` are passed over. */
static void add_folder(struct loading *loading, const char *folder, const char *shown, const char *api,
                       char *const *except, size_t except_count)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_yaml, alphasort);
    for (int i = 0; i < count; i++) {
        CLEANUP(text) char *path = mem_printf("%s/%s", folder, entries[i]->d_name);
        CLEANUP(text) char *name = mem_printf("%s/%s", shown, entries[i]->d_name);
        bool passed_over = i >= FOLDER_MAX;
        for (size_t k = 0; k < except_count; k++)
            passed_over = passed_over || strcmp(except[k], path) == 0;
        if (!passed_over)
            add_path(loading, path, name, api);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* ---- the passes over all files ---- */

static struct spec_api *api_of(struct loading *loading, const char *name)
{
    for (size_t i = 0; i < loading->api_count; i++) {
        if (strcmp(loading->apis[i]->name, name) == 0)
            return loading->apis[i];
    }
    if (loading->api_count == LOADED_API_MAX)
        return loading->apis[0];
    struct spec_api *api = mem_alloc(sizeof *api);
    api->name = mem_dup(name);
    loading->apis[loading->api_count++] = api;
    return api;
}

static void api_free(struct spec_api *api)
{
    for (size_t i = 0; i < api->bodies.count; i++) {
        spec_body_fini(api->bodies.entries[i].value);
        free(api->bodies.entries[i].value);
    }
    givens_forget(api);
    names_fini(&api->calls);
    names_fini(&api->bodies);
    names_fini(&api->givens);
    names_fini(&api->clauses);
    free(api->name);
    free(api);
}

static struct spec_context context_of(struct loading *loading, struct spec_api *api)
{
    return (struct spec_context){.problems = loading->problems, .fixtures = loading->fixtures, .api = api};
}

/* What is shared must be known before what uses it, whichever file it stands in. */
static void read_all(struct loading *loading)
{
    struct spec_suite *suite = loading->suite;
    for (size_t i = 0; i < suite->file_count; i++) {
        struct spec_file *file = suite->files[i];
        struct spec_api *api = api_of(loading, file->api);
        struct spec_context context = context_of(loading, api);
        calls_declare(&context, file, api);
        bodies_declare(&context, file, api);
        givens_declare(&context, file, api);
    }
    for (size_t i = 0; i < suite->file_count; i++) {
        struct spec_api *api = api_of(loading, suite->files[i]->api);
        struct spec_context context = context_of(loading, api);
        clauses_declare(&context, suite->files[i], api, &loading->ids);
    }
    for (size_t i = 0; i < loading->api_count; i++) {
        struct spec_context context = context_of(loading, loading->apis[i]);
        givens_parse(&context, loading->apis[i]);
    }
    for (size_t i = 0; i < suite->file_count; i++) {
        struct spec_context context = context_of(loading, api_of(loading, suite->files[i]->api));
        clauses_parse(&context, suite->files[i]);
    }
}

static void loading_init(struct loading *loading, const char *root, const char *fixtures,
                         struct problems *problems)
{
    *loading = (struct loading){.suite = mem_alloc(sizeof *loading->suite),
                                .problems = problems,
                                .fixtures = fixtures,
                                .digest = digest_new(DIGEST_SHA256)};
    loading->suite->root = mem_dup(root);
}

/* The suite, or NULL when anything has been complained of. */
static struct spec_suite *loading_end(struct loading *loading)
{
    char hex[DIGEST_HEX_SIZE];
    read_all(loading);
    digest_finish(loading->digest, hex);
    memcpy(loading->suite->digest, hex, 64);
    digest_free(loading->digest);
    names_fini(&loading->ids);
    for (size_t i = 0; i < loading->api_count; i++)
        api_free(loading->apis[i]);
    problems_sort(loading->problems);
    if (loading->problems->count == 0)
        return loading->suite;
    spec_suite_free(loading->suite);
    return NULL;
}

struct spec_suite *spec_load(const char *root, const char *fixtures, struct problems *problems)
{
    struct loading loading;
    loading_init(&loading, root, fixtures, problems);
    for (size_t i = 0; i < API_COUNT; i++) {
        CLEANUP(text) char *folder = mem_printf("%s/%s", root, api_names[i]);
        add_folder(&loading, folder, api_names[i], api_names[i], NULL, 0);
    }
    if (loading.suite->file_count == 0 && problems->count == 0)
        problems_add(
            problems, (struct yaml_place){.file = root},
            "no clauses here: want files images-v1/*.yaml, images-v2/*.yaml or gns3-compute-v2/*.yaml");
    return loading_end(&loading);
}

/* The folder of a path ("." when it has none): owned. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? mem_dup_n(path, (size_t)(slash - path)) : mem_dup(".");
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_api(const char *name)
{
    for (size_t i = 0; i < API_COUNT; i++) {
        if (strcmp(api_names[i], name) == 0)
            return true;
    }
    return false;
}

struct spec_suite *spec_load_files(char *const *paths, size_t count, const char *fixtures,
                                   struct problems *problems)
{
    struct loading loading;
    struct names folders = {0};
    loading_init(&loading, "", fixtures, problems);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text) char *folder = folder_of(paths[i]);
        add_path(&loading, paths[i], paths[i], last_part(folder));
        if (is_api(last_part(folder)))
            names_add(&folders, folder, (struct yaml_place){0}, NULL);
    }
    for (size_t i = 0; i < folders.count; i++) {
        const char *folder = folders.entries[i].name;
        add_folder(&loading, folder, folder, last_part(folder), paths, count);
    }
    names_fini(&folders);
    return loading_end(&loading);
}

struct spec_suite *spec_load_bytes(const char *bytes, size_t length, struct problems *problems)
{
    struct loading loading;
    loading_init(&loading, "", NULL, problems);
    add_bytes(&loading, bytes, length, "input.yaml", "images-v2");
    return loading_end(&loading);
}

void spec_suite_free(struct spec_suite *suite)
{
    if (!suite)
        return;
    for (size_t i = 0; i < suite->file_count; i++)
        file_free(suite->files[i]);
    free(suite->files);
    free(suite->root);
    free(suite);
}
