/* The ledger: what ties the reference to the clauses, the clauses to the cases, and both to the faults of the
 * mock, and where these loops are open.
 *
 * A clause is about the atoms that it cites, and about those that follow from its other keys: its call; its
 * call and status, when it is of kind status; a parameter or field of the answer, when `from` says
 * "Heading / Request / NAME" or "Heading / Response / NAME" (also "Request Parameters", "Response
 * Parameters", "Input"). */
#ifndef CONFORMANCE_LEDGER_LEDGER_H
#define CONFORMANCE_LEDGER_LEDGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "conformance/ledger/excuses.h"
#include "conformance/reference/reference.h"
#include "conformance/spec/spec.h"
#include "reports/result.h"

enum ledger_loop {
#define LEDGER_LOOP(name, word) LEDGER_##name,
#include "conformance/ledger/loops.def"
#undef LEDGER_LOOP
    LEDGER_LOOP_COUNT
};

/* "atom-without-clause", ...: as in the JSON. */
const char *ledger_loop_word(enum ledger_loop loop);

/* A place where a loop is open, or would be but for an exception. */
struct ledger_opening {
    enum ledger_loop loop;
    char *where;        /* "glance-v2/images-data.inc:62"; "" when it is nowhere */
    char *what;         /* the key, id or call */
    char *text;         /* one line for people */
    const char *excuse; /* the reason; NULL: it is open. Borrowed from the exceptions */
};

struct ledger_atom {
    const struct reference_document *document;
    const struct atom *atom;
    json_t *clauses; /* ids, NULL: none */
};

struct ledger_inputs {
    const struct spec_suite *suite;
    const struct reference *reference; /* NULL: not at hand, its loop is not judged */
    struct excuses *excuses;           /* marks what was used */
    const json_t *calls;               /* of the mock: array of {"method", "path"}; NULL: not judged */
    const struct run_result *run;      /* the last one; NULL: verdicts are not known */
    const json_t *proof;               /* imageproof.proof/1; NULL: what is killed is not known */
    char *const *documents;            /* globs: which documents are judged; none: all */
    size_t document_count;
};

struct ledger {
    const struct ledger_inputs *inputs;
    json_t *citations;         /* key to ids of the clauses that are about it */
    json_t *verdicts;          /* case id to the word of its verdict; NULL without a run */
    json_t *killers;           /* clause id to names of faults; NULL without a proof */
    struct ledger_atom *atoms; /* of the documents that are judged, in their order */
    size_t atom_count;
    struct ledger_opening *openings; /* open ones and excused ones */
    size_t opening_count;
};

/* The inputs are borrowed for as long as the ledger lives. */
void ledger_init(struct ledger *ledger, const struct ledger_inputs *inputs);
void ledger_fini(struct ledger *ledger);

/* How many openings nothing excuses. */
size_t ledger_open_count(const struct ledger *ledger);
bool ledger_judges(const struct ledger *ledger, const char *document);

/* DESIGN, "Machine-readable output": imageproof.coverage/1. A new reference. */
json_t *ledger_json(const struct ledger *ledger);
/* For people, on `out`: every clause, then documents, exceptions and openings, then totals. */
void ledger_print(const struct ledger *ledger, FILE *out);
/* A page for anybody with a browser, out of the JSON. */
void ledger_put_html(const struct ledger *ledger, FILE *out);

#endif
