#include "conformance/reference/reference.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"

#define DEPTH_MAX     3
#define DOCUMENTS_MAX 1000

#define READER(name) extern const struct reader reader_##name;
#include "conformance/readers.def"
#undef READER

static const struct reader *const readers[] = {
#define READER(name) &reader_##name,
#include "conformance/readers.def"
#undef READER
};

/* ---- one document ---- */

static const struct reader *reader_of(const struct page *page)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (readers[i]->recognises(page))
            return readers[i];
    }
    return NULL;
}

static void read_page(const struct page *page, const struct table_maps *maps, struct parameter_folder *folder,
                      struct problems *problems, struct reference_document *document)
{
    const struct reader *reader = reader_of(page);
    const struct table_maps_file *map = maps ? table_maps_find(maps, page->name) : NULL;
    if (!reader)
        return;
    struct reading reading = {.page = page,
                              .folder = folder,
                              .tables = map ? map->tables : NULL,
                              .table_count = map ? map->table_count : 0,
                              .problems = problems,
                              .atoms = &document->atoms};
    reader->read(&reading);
    reading_end_call(&reading);
    document->grammar = reader->name;
}

static void document_fini(struct reference_document *document)
{
    free(document->name);
    atoms_fini(&document->atoms);
}

/* ---- files ---- */

struct loading {
    struct reference *reference;
    const struct table_maps *maps;
    struct problems *problems;
};

static void complain(struct loading *loading, const char *path)
{
    problems_add(loading->problems, (struct yaml_place){.file = path}, "cannot be read: %s", strerror(errno));
}

/* One folder of the reference. */
struct folder {
    struct loading *loading;
    const char *path;
    const char *shown; /* before the names of its documents: "", or "glance-v2/" */
    struct parameter_folder parameters;
};

typedef void page_fn(struct folder *folder, const struct page *page);

/* One page at a time is in memory. */
static void each_page(struct folder *folder, char *const *names, size_t count, page_fn *visit)
{
    for (size_t i = 0; i < count; i++) {
        struct err err = ERR_INIT;
        struct page page;
        size_t length;
        CLEANUP(text) char *path = mem_printf("%s/%s", folder->path, names[i]);
        CLEANUP(text) char *name = mem_printf("%s%s", folder->shown, names[i]);
        CLEANUP(text) char *bytes = yaml_tree_read(path, name, &length, &err);
        if (bytes && page_parse(name, bytes, length, &page, &err)) {
            visit(folder, &page);
            page_fini(&page);
        } else {
            problems_add_err(folder->loading->problems, &err);
        }
    }
}

static void learn(struct folder *folder, const struct page *page)
{
    parameter_folder_learn(&folder->parameters, page);
}

static void take_document(struct folder *folder, const struct page *page)
{
    struct reference *reference = folder->loading->reference;
    struct reference_document *document = mem_append(&reference->documents, &reference->count);
    document->name = mem_dup(page->name);
    read_page(page, folder->loading->maps, &folder->parameters, folder->loading->problems, document);
}

/* Substitutions of all documents of the folder first, then what uses them. */
static void read_documents(struct loading *loading, const char *path, const char *shown, char *const *names,
                           size_t count)
{
    struct folder folder = {.loading = loading, .path = path, .shown = shown};
    if (loading->reference->count + count > DOCUMENTS_MAX) {
        problems_add(loading->problems, (struct yaml_place){.file = path}, "more than %d documents",
                     DOCUMENTS_MAX);
        return;
    }
    parameter_folder_init(&folder.parameters, path, shown);
    each_page(&folder, names, count, learn);
    each_page(&folder, names, count, take_document);
    parameter_folder_fini(&folder.parameters);
}

static bool is_document(const char *name)
{
    return text_ends_with(name, ".inc") || text_ends_with(name, ".rst") || text_ends_with(name, ".txt");
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int compare_entries(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void read_folder(struct loading *loading, const char *folder, const char *shown, unsigned depth);

static void read_inner(struct loading *loading, const char *folder, const char *shown, const char *name,
                       unsigned depth)
{
    CLEANUP(text) char *path = mem_printf("%s/%s", folder, name);
    CLEANUP(text) char *inner = mem_printf("%s%s/", shown, name);
    if (depth < DEPTH_MAX && is_folder(path))
        read_folder(loading, path, inner, depth + 1);
}

static void read_folder(struct loading *loading, const char *folder, const char *shown, unsigned depth)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_visible, compare_entries);
    char **names = NULL;
    size_t name_count = 0;
    if (count < 0) {
        complain(loading, folder);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (is_document(entries[i]->d_name))
            *mem_append(&names, &name_count) = entries[i]->d_name;
        else
            read_inner(loading, folder, shown, entries[i]->d_name, depth);
    }
    read_documents(loading, folder, shown, names, name_count);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    free(names);
}

static void read_single(struct loading *loading, const char *path)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(text) char *folder = slash ? mem_dup_n(path, (size_t)(slash - path)) : mem_dup(".");
    char *name = mem_dup(slash ? slash + 1 : path);
    read_documents(loading, folder, "", &name, 1);
    free(name);
}

static int compare_documents(const void *left, const void *right)
{
    const struct reference_document *one = left;
    const struct reference_document *other = right;
    return strcmp(one->name, other->name);
}

struct reference *reference_load(const char *path, const struct table_maps *maps, struct problems *problems)
{
    struct loading loading = {mem_alloc(sizeof *loading.reference), maps, problems};
    struct reference *reference = loading.reference;
    if (is_folder(path))
        read_folder(&loading, path, "", 1);
    else if (access(path, R_OK) != 0)
        problems_add(problems, (struct yaml_place){.file = path}, "cannot be opened: %s", strerror(errno));
    else
        read_single(&loading, path);
    if (reference->count == 0 && problems->count == 0)
        problems_add(problems, (struct yaml_place){.file = path}, "there is no *.inc, *.rst or *.txt in it");
    if (reference->count > 0)
        qsort(reference->documents, reference->count, sizeof *reference->documents, compare_documents);
    problems_sort(problems);
    if (problems->count == 0)
        return reference;
    reference_free(reference);
    return NULL;
}

void reference_free(struct reference *reference)
{
    if (!reference)
        return;
    for (size_t i = 0; i < reference->count; i++)
        document_fini(&reference->documents[i]);
    free(reference->documents);
    free(reference);
}
