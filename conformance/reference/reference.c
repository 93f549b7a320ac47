#include "conformance/reference/reference.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

void reference_read(const char *name, const char *bytes, size_t length, const struct table_maps *maps,
                    struct parameter_folder *folder, struct problems *problems,
                    struct reference_document *ret_document)
{
    struct err err = ERR_INIT;
    struct page page;
    *ret_document = (struct reference_document){.name = mem_dup(name)};
    if (!page_parse(name, bytes, length, &page, &err)) {
        problems_add_err(problems, &err);
        return;
    }
    read_page(&page, maps, folder, problems, ret_document);
    page_fini(&page);
}

void reference_document_fini(struct reference_document *document)
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

/* The bytes of a file, owned; NULL after complaining. One byte more than the limit is enough to refuse it. */
static char *read_bytes(struct loading *loading, const char *path, size_t *ret_length)
{
    CLEANUP(file) FILE *file = fopen(path, "rbe");
    char *bytes = file ? malloc(PAGE_MAX_BYTES + 1) : NULL;
    if (!bytes) {
        complain(loading, path);
        return NULL;
    }
    *ret_length = fread(bytes, 1, PAGE_MAX_BYTES + 1, file);
    if (!ferror(file))
        return bytes;
    complain(loading, path);
    free(bytes);
    return NULL;
}

/* Calls `visit` with the page of each document of the folder. */
static void
each_page(struct loading *loading, const char *folder, const char *shown, char *const *names, size_t count,
          void (*visit)(struct loading *loading, const struct page *page, struct parameter_folder *folder),
          struct parameter_folder *parameters)
{
    for (size_t i = 0; i < count; i++) {
        struct err err = ERR_INIT;
        struct page page;
        size_t length;
        CLEANUP(text) char *path = mem_printf("%s/%s", folder, names[i]);
        CLEANUP(text) char *name = mem_printf("%s%s", shown, names[i]);
        CLEANUP(text) char *bytes = read_bytes(loading, path, &length);
        if (!bytes)
            continue;
        if (page_parse(name, bytes, length, &page, &err)) {
            visit(loading, &page, parameters);
            page_fini(&page);
        } else {
            problems_add_err(loading->problems, &err);
        }
    }
}

static void learn(struct loading *loading, const struct page *page, struct parameter_folder *folder)
{
    (void)loading;
    parameter_folder_learn(folder, page);
}

static void take_document(struct loading *loading, const struct page *page, struct parameter_folder *folder)
{
    struct reference *reference = loading->reference;
    struct reference_document *document = mem_append(&reference->documents, &reference->count);
    document->name = mem_dup(page->name);
    read_page(page, loading->maps, folder, loading->problems, document);
}

/* Substitutions of all documents of the folder first, then what uses them. */
static void read_documents(struct loading *loading, const char *folder, const char *shown, char *const *names,
                           size_t count)
{
    struct parameter_folder parameters;
    if (loading->reference->count + count > DOCUMENTS_MAX) {
        problems_add(loading->problems, (struct yaml_place){.file = folder}, "more than %d documents",
                     DOCUMENTS_MAX);
        return;
    }
    parameter_folder_init(&parameters, folder, shown);
    each_page(loading, folder, shown, names, count, learn, &parameters);
    each_page(loading, folder, shown, names, count, take_document, &parameters);
    parameter_folder_fini(&parameters);
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
        reference_document_fini(&reference->documents[i]);
    free(reference->documents);
    free(reference);
}
