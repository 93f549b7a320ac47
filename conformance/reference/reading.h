/* One document being read: what a reader gets, and what it does with what it finds.
 *
 * A reader is one grammar: conformance/readers/<name>.c defines `const struct reader reader_<name>`,
 * conformance/readers.def has its line. A document is read by the first reader that recognises it. */
#ifndef CONFORMANCE_REFERENCE_READING_H
#define CONFORMANCE_REFERENCE_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "conformance/reference/atoms.h"
#include "conformance/reference/page.h"
#include "conformance/reference/parameters.h"
#include "conformance/spec/problems.h"

struct reading;

struct reader {
    const char *name;
    const char *grammar; /* for people: which documents are written so */
    bool (*recognises)(const struct page *page);
    void (*read)(struct reading *reading);
};

/* What the tables of a document are about that does not say it: one for each, in its order. */
struct table_map {
    char *call;          /* "GET /v1/images/{}", as in keys; owned by the map */
    enum atom_kind kind; /* ATOM_REQUEST or ATOM_RESPONSE */
    struct yaml_place place;
};

struct reading {
    const struct page *page;
    struct parameter_folder *folder;
    const struct table_map *tables; /* NULL: there is no map for the document */
    size_t table_count;
    struct problems *problems;
    struct atoms *atoms;
    char *call; /* the one that is being described, owned; NULL: none */
};

/* A mistake of the document at that line. */
void reading_complain(struct reading *reading, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "PUT /v2/images" begins the description of a call; complains when it is none. */
void reading_begin_call(struct reading *reading, size_t line, const char *text);
void reading_end_call(struct reading *reading);

/* Each of these adds what is said of the call that is being described. */

/* `codes`: "200, 204". */
void reading_add_statuses(struct reading *reading, size_t line, const char *codes);

struct reading_field {
    enum atom_kind kind; /* ATOM_REQUEST or ATOM_RESPONSE */
    size_t line;
    const char *name;
    const char *entry;       /* of the file of parameters; NULL: none */
    const char *in;          /* "header", "body"; NULL: not said */
    const char *type;        /* NULL: not said */
    const char *required;    /* "required", "optional"; NULL: not said */
    const char *description; /* searched for values; NULL: none */
};
void reading_add_field(struct reading *reading, const struct reading_field *field);

/* ATOM_PRECONDITION, ATOM_POSTCONDITION or ATOM_REFUSAL. */
void reading_add_sentence(struct reading *reading, size_t line, enum atom_kind kind, const char *sentence);

/* A value of a table under a heading, of the call or of none. */
void reading_add_value(struct reading *reading, size_t line, const char *heading, const char *value);

#endif
