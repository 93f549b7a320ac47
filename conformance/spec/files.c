#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

const char *const spec_api_names[SPEC_API_COUNT] = {"images-v1", "images-v2", "gns3-compute-v2"};

/* A suite that is being loaded. */
struct loader {
    struct spec_suite *suite;
    struct spec_context context;
    struct digest *digest;
    struct spec_api *apis;
    size_t api_count;
    struct names clause_ids;
};

static void loader_init(struct loader *loader, const char *root, const char *fixtures,
                        struct problems *problems)
{
    *loader = (struct loader){.context = {.problems = problems, .fixtures = fixtures}};
    loader->suite = mem_alloc(sizeof *loader->suite);
    loader->suite->root = mem_dup(root);
    loader->digest = digest_new(DIGEST_SHA256);
}

static void api_fini(struct spec_api *api)
{
    givens_forget(api);
    for (size_t i = 0; i < api->bodies.count; i++) {
        spec_body_fini(api->bodies.entries[i].value);
        free(api->bodies.entries[i].value);
    }
    names_fini(&api->editions);
    names_fini(&api->calls);
    names_fini(&api->bodies);
    names_fini(&api->givens);
    names_fini(&api->clauses);
    free(api->name);
}

static void loader_fini(struct loader *loader)
{
    for (size_t i = 0; i < loader->api_count; i++)
        api_fini(&loader->apis[i]);
    free(loader->apis);
    names_fini(&loader->clause_ids);
    digest_free(loader->digest);
}

/* The bytes of a file say where they end by their count, so that no two suites feed the same. */
static void feed_digest(struct loader *loader, const char *name, const char *bytes, size_t length)
{
    CLEANUP(text) char *heading = mem_printf("%s\n%zu\n", name, length);
    digest_update(loader->digest, heading, strlen(heading));
    digest_update(loader->digest, bytes, length);
}

/* `name` is that in the suite, `shown` that in messages. */
static void add_file(struct loader *loader, const char *api, const char *name, const char *shown,
                     const char *bytes, size_t length)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = yaml_tree_parse(bytes, length, shown, &err);
    feed_digest(loader, name, bytes, length);
    if (!tree) {
        problems_add_err(loader->context.problems, &err);
        return;
    }
    struct spec_file *file = mem_alloc(sizeof *file);
    file->name = mem_dup(name);
    file->api = mem_dup(api);
    file->tree = tree;
    *mem_append(&loader->suite->files, &loader->suite->file_count) = file;
}

/* `folder` ends with a slash, or is "" for the working directory. */
static void read_file(struct loader *loader, const char *folder, const char *api, const char *entry)
{
    struct err err = ERR_INIT;
    size_t length;
    CLEANUP(text) char *name = mem_printf("%s/%s", api, entry);
    CLEANUP(text) char *path = mem_printf("%s%s", folder, entry);
    CLEANUP(text) char *bytes = yaml_tree_read(path, path, &length, &err);
    if (bytes)
        add_file(loader, api, name, path, bytes, length);
    else
        problems_add_err(loader->context.problems, &err);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && (ends_with(entry->d_name, ".yaml") || ends_with(entry->d_name, ".yml"));
}

/* In the order of bytes, whatever the locale. */
static int compare_entries(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static void read_entry(struct loader *loader, const char *folder, const char *api, const char *entry)
{
    if (ends_with(entry, ".yaml")) {
        read_file(loader, folder, api, entry);
        return;
    }
    CLEANUP(text) char *path = mem_printf("%s%s", folder, entry);
    problems_add(loader->context.problems, (struct yaml_place){.file = path},
                 "this would not be read: name it with .yaml at its end");
}

/* False when there is no such folder. */
static bool read_folder(struct loader *loader, const char *folder, const char *api)
{
    struct dirent **entries;
    int count = scandir(*folder ? folder : ".", &entries, is_visible, compare_entries);
    if (count < 0)
        return false;
    for (int i = 0; i < count; i++) {
        read_entry(loader, folder, api, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return true;
}

static struct spec_api *api_of(struct loader *loader, const char *name)
{
    for (size_t i = 0; i < loader->api_count; i++) {
        if (strcmp(loader->apis[i].name, name) == 0)
            return &loader->apis[i];
    }
    struct spec_api *api = mem_append(&loader->apis, &loader->api_count);
    api->name = mem_dup(name);
    return api;
}

static void parse_head(struct spec_context *context, struct spec_file *file)
{
    const struct yaml_node *root = &file->tree->root;
    bool clauses = yaml_get(root, "clauses") != NULL;
    const struct spec_key keys[] = {{"section", clauses}, {"reference", clauses}, {"editions", false},
                                    {"calls", false},     {"bodies", false},      {"givens", false},
                                    {"clauses", false}};
    if (!read_is_mapping(context, root, "the file"))
        return;
    if (root->count == 0)
        problems_add(context->problems, root->place, "there is nothing in this file");
    read_keys(context, root, "the file", keys, sizeof keys / sizeof keys[0]);
    file->section = mem_dup(read_string(context, yaml_get(root, "section"), "section"));
    file->reference = mem_dup(read_string(context, yaml_get(root, "reference"), "reference"));
}

static void declare(struct loader *loader, struct spec_file *file)
{
    struct spec_api *api = api_of(loader, file->api);
    parse_head(&loader->context, file);
    calls_declare(&loader->context, file, api);
    bodies_declare(&loader->context, file, api);
    givens_declare(&loader->context, file, api);
    clauses_declare(&loader->context, file, api, &loader->clause_ids);
}

/* First every name, then what refers to them: files share, and clauses name each other. */
static void parse(struct loader *loader)
{
    struct spec_suite *suite = loader->suite;
    for (size_t i = 0; i < suite->file_count; i++)
        editions_declare(&loader->context, suite->files[i], api_of(loader, suite->files[i]->api));
    for (size_t i = 0; i < suite->file_count; i++)
        declare(loader, suite->files[i]);
    for (size_t i = 0; i < loader->api_count; i++) {
        loader->context.api = &loader->apis[i];
        givens_parse(&loader->context, &loader->apis[i]);
    }
    for (size_t i = 0; i < suite->file_count; i++) {
        loader->context.api = api_of(loader, suite->files[i]->api);
        clauses_parse(&loader->context, suite->files[i]);
    }
}

/* The suite when there was nothing to complain about. */
static struct spec_suite *finish(struct loader *loader)
{
    struct spec_suite *suite = loader->suite;
    struct problems *problems = loader->context.problems;
    char hex[DIGEST_HEX_SIZE];
    parse(loader);
    problems_sort(problems);
    digest_finish(loader->digest, hex);
    memcpy(suite->digest, hex, sizeof suite->digest);
    loader_fini(loader);
    if (problems->count == 0)
        return suite;
    spec_suite_free(suite);
    return NULL;
}

struct spec_suite *spec_load(const char *root, const char *fixtures, struct problems *problems)
{
    struct loader loader;
    loader_init(&loader, root, fixtures, problems);
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        CLEANUP(text) char *folder = mem_printf("%s/%s/", root, spec_api_names[i]);
        if (!read_folder(&loader, folder, spec_api_names[i]) && errno != ENOENT)
            problems_add(problems, (struct yaml_place){.file = folder}, "cannot be read: %s",
                         strerror(errno));
    }
    if (loader.suite->file_count == 0 && problems->count == 0)
        problems_add(problems, (struct yaml_place){.file = root},
                     "no clauses: there is no *.yaml in " SPEC_API_LIST " below it");
    return finish(&loader);
}

/* The folder of `path` as messages show it: with its slash, "" when there is none. Owned. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? mem_dup_n(path, (size_t)(slash + 1 - path)) : mem_dup("");
}

static void read_named(struct loader *loader, const char *path, struct names *folders)
{
    CLEANUP(text) char *folder = folder_of(path);
    const char *entry = path + strlen(folder);
    CLEANUP(text) char *real = realpath(*folder ? folder : ".", NULL);
    struct stat info;
    if (!real || stat(path, &info) != 0) {
        problems_add(loader->context.problems, (struct yaml_place){.file = path}, "cannot be opened: %s",
                     strerror(errno));
        return;
    }
    const char *slash = strrchr(real, '/');
    const char *api = slash ? slash + 1 : real;
    if (names_add(folders, real, (struct yaml_place){0}, NULL))
        read_folder(loader, folder, api);
    if (entry[0] == '.' || !ends_with(entry, ".yaml"))
        read_file(loader, folder, api, entry);
}

static bool is_named(const struct err *problem, char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(problem->source, paths[i]) == 0)
            return true;
    }
    return false;
}

/* What was asked about comes before what its neighbours are to blame for; each keeps its order. */
static void put_named_first(struct problems *problems, char *const *paths, size_t count)
{
    struct err *ordered = mem_alloc(problems->count * sizeof *ordered);
    size_t filled = 0;
    for (int named = 1; named >= 0; named--) {
        for (size_t i = 0; i < problems->count; i++) {
            if (is_named(&problems->items[i], paths, count) == (named == 1))
                ordered[filled++] = problems->items[i];
        }
    }
    free(problems->items);
    problems->items = ordered;
}

struct spec_suite *spec_load_files(char *const *paths, size_t count, const char *fixtures,
                                   struct problems *problems)
{
    struct loader loader;
    struct names folders = {0};
    loader_init(&loader, "", fixtures, problems);
    for (size_t i = 0; i < count; i++)
        read_named(&loader, paths[i], &folders);
    names_fini(&folders);
    struct spec_suite *suite = finish(&loader);
    if (!suite)
        put_named_first(problems, paths, count);
    return suite;
}

struct spec_suite *spec_load_bytes(const char *bytes, size_t length, const char *fixtures,
                                   struct problems *problems)
{
    struct loader loader;
    loader_init(&loader, "", fixtures, problems);
    add_file(&loader, "images-v2", "images-v2/memory.yaml", "memory.yaml", bytes, length);
    return finish(&loader);
}

static void file_free(struct spec_file *file)
{
    free(file->name);
    free(file->api);
    free(file->section);
    free(file->reference);
    editions_free(file);
    for (size_t i = 0; i < file->call_count; i++) {
        free(file->calls[i]->name);
        free(file->calls[i]->method);
        free(file->calls[i]->path);
        free(file->calls[i]);
    }
    free(file->calls);
    for (size_t i = 0; i < file->given_count; i++)
        given_free(file->givens[i]);
    free(file->givens);
    for (size_t i = 0; i < file->clause_count; i++)
        clause_free(file->clauses[i]);
    free(file->clauses);
    yaml_tree_free(file->tree);
    free(file);
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
