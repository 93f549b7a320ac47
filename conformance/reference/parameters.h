/* What the documents of one folder share: files of parameters (YAML, as os-api-ref reads them), and
 * substitutions (`.. |name| replace:: text`) that descriptions in them use. Files are read when they are
 * first named, and only from the folder itself. */
#ifndef CONFORMANCE_REFERENCE_PARAMETERS_H
#define CONFORMANCE_REFERENCE_PARAMETERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "conformance/reference/page.h"
#include "conformance/spec/problems.h"
#include "conformance/spec/yaml_tree.h"

struct parameter_file {
    char *name;
    struct yaml_tree *tree; /* NULL: it is not at hand */
};

struct parameter_folder {
    char *path;  /* where the files are; NULL: nowhere, none is at hand */
    char *shown; /* before their names in messages: "" or "glance-v2/" */
    struct parameter_file *files;
    size_t file_count;
    json_t *substitutions; /* name to text */
};

void parameter_folder_init(struct parameter_folder *folder, const char *path, const char *shown);
void parameter_folder_fini(struct parameter_folder *folder);

/* Takes the substitutions that a document of the folder defines. */
void parameter_folder_learn(struct parameter_folder *folder, const struct page *page);

enum parameter_found {
    PARAMETER_FOUND,
    PARAMETER_NO_FILE, /* the document came without it: of its parameters only the names are known */
    PARAMETER_MISSING, /* the file is there, and does not have it */
};

struct parameter {
    const char *in;   /* "header", "path", "query", "body"; NULL: not said. Borrowed from the folder */
    const char *type; /* likewise */
    bool required;
    char *description; /* owned, substitutions done; NULL: none */
};

enum parameter_found parameter_find(struct parameter_folder *folder, const char *file, const char *name,
                                    struct problems *problems, struct parameter *ret_parameter);

#endif
