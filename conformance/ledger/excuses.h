/* specs/reference/exceptions.yaml: what the ledger leaves open on purpose, each with its reason.
 *
 *     documents:                    in which no call is described
 *       - {document: glance-v2/index.rst, reason: the list of the other documents}
 *     atoms:                        that no clause is about
 *       - {atom: "GET /v2/images request x", document: glance-v2/images.inc, reason: "..."}
 *     calls:                        of the mock, that no clause is about
 *       - {call: "GET /", reason: "..."}
 *     clauses:                      that no fault of the mock breaks
 *       - {clause: image-data.upload.x, reason: "..."}
 *     cases:                        that fail with no fault of the mock
 *       - {case: image-data.upload.x/a-case, reason: "..."}
 *
 * Names of atoms, calls, clauses and cases may be globs. An exception that nothing needs is a finding itself.
 */
#ifndef CONFORMANCE_LEDGER_EXCUSES_H
#define CONFORMANCE_LEDGER_EXCUSES_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance/spec/problems.h"
#include "conformance/spec/yaml_tree.h"

enum excuse_kind {
    EXCUSE_DOCUMENT,
    EXCUSE_ATOM,
    EXCUSE_CALL,
    EXCUSE_CLAUSE,
    EXCUSE_CASE,
    EXCUSE_KIND_COUNT
};

struct excuse {
    enum excuse_kind kind;
    const char *name;     /* glob, of a document its name. Borrowed, as the other texts */
    const char *document; /* of an atom; otherwise NULL */
    const char *reason;
    struct yaml_place place;
    bool used;
};

struct excuses {
    struct excuse *items;
    size_t count;
    struct yaml_tree *tree; /* texts and places point into it; NULL: there is no such file */
};

/* A file that is missing excuses nothing. False after complaining. */
bool excuses_load(const char *path, struct problems *problems, struct excuses *ret_excuses);
void excuses_fini(struct excuses *excuses);

/* The first that excuses it, marked as used; NULL: none. `document` is that of an atom, otherwise NULL. */
const struct excuse *excuses_find(struct excuses *excuses, enum excuse_kind kind, const char *name,
                                  const char *document);

#endif
