/* specs/reference/<name>.map.yaml: which call each table of a document belongs to, where the document does
 * not say it.
 *
 *     document: seeds/some.txt
 *     tables:                       in the order of the document
 *       - GET /v1/images request
 *       - POST /v1/images response
 */
#ifndef CONFORMANCE_REFERENCE_TABLE_MAPS_H
#define CONFORMANCE_REFERENCE_TABLE_MAPS_H

#include <stddef.h>

#include "conformance/reference/reading.h"
#include "conformance/spec/problems.h"

struct table_maps_file {
    char *document;
    struct table_map *tables;
    size_t table_count;
    struct yaml_tree *tree; /* places point into it */
};

struct table_maps {
    struct table_maps_file *files;
    size_t count;
};

/* Every *.map.yaml of the folder, which may be missing. What is wrong goes to `problems`. */
void table_maps_load(const char *folder, struct problems *problems, struct table_maps *ret_maps);
void table_maps_fini(struct table_maps *maps);
/* NULL: there is none for the document. Borrowed. */
const struct table_maps_file *table_maps_find(const struct table_maps *maps, const char *document);

/* Whether two names mean one document: equal, or one is the end of the other after a slash, since a reference
 * may be read from further down. */
bool document_is_same(const char *left, const char *right);

#endif
