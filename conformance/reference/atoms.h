/* The atoms of a reference: what of it can be true or false of a server, each with a key.
 *
 *     PUT /v2/images/{}/file                              call
 *     PUT /v2/images/{}/file status 204                   status code
 *     GET /v2/images request visibility                           parameter
 *     GET /v2/images request visibility=public                    value of an enumeration
 *     GET /v2/images response first                               field or header of the answer
 *     GET /v1/images response images.name                         field of an object in the answer
 *     PUT /v2/images/{}/file precondition must-exist~1a2b3c
 *     PUT /v2/images/{}/file postcondition ...~4d5e6f     and `refusal`, of a list of errors
 *     values Image status=queued                                  value in a table of no single call
 *
 * Parameters in the path of a call have no name in a key: documents differ in it.
 *
 * A key says what the atom is and never where it stands, so the same fact has the same key in every
 * document, and another one when the fact changes: a sentence is named by its first words and the
 * beginning of its SHA-256, with markup and spacing left out. */
#ifndef CONFORMANCE_REFERENCE_ATOMS_H
#define CONFORMANCE_REFERENCE_ATOMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define ATOMS_MAX 20000 /* of one document */

enum atom_kind {
#define ATOM_KIND(name, word, shown) ATOM_##name,
#include "conformance/reference/atom_kinds.def"
#undef ATOM_KIND
    ATOM_KIND_COUNT
};

/* "call", "status", "request", ...: the word of the key. */
const char *atom_kind_word(enum atom_kind kind);
/* "call", "status code", "parameter", ...: for people and totals. */
const char *atom_kind_shown(enum atom_kind kind);

struct atom {
    enum atom_kind kind;
    char *key;
    char *call; /* as in the key; NULL: of no single call */
    char *text; /* what the document says of it, one line */
    char *
        entry; /* of the file of parameters that describes it; NULL: none. For a value or field of it: NULL */
    size_t line;
};

struct atoms {
    struct atom *items;
    size_t count;
    json_t *index; /* keys that are there */
};

/* Takes what `atom` owns. A key that is there already stays as it is first said. False when there are too
 * many: nothing is added then. */
bool atoms_take(struct atoms *atoms, struct atom *atom);
void atoms_fini(struct atoms *atoms);

/* Owned. `call` and `kind` as in the key, `name` what comes after them. */
char *atom_key(const char *call, enum atom_kind kind, const char *name);
/* The name of a sentence, "first-words~1a2b3c": owned. */
char *atom_sentence_name(const char *sentence);

/* "PUT /v2/images/{}" of a text "PUT /v2/images/{image_id}" with nothing after it: owned; NULL when it is no
 * call. */
char *atom_call(const char *text);

/* A key as the author of a clause writes it, who need not repeat the call that the clause is about. Owned;
 * NULL when nothing can be meant by it. `call` may be NULL. */
char *atom_key_of_citation(const char *citation, const char *call);

#endif
