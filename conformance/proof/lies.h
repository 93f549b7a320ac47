/* The lies of liars: answers that are wrong in exactly one way, which no HTTP library would let the mock
 * commit (RFC 9112: messages and their framing). */
#ifndef CONFORMANCE_PROOF_LIES_H
#define CONFORMANCE_PROOF_LIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A whole answer as the mock gave it. */
struct lie_answer {
    const char *head; /* status line and headers, without the blank line */
    size_t head_length;
    const char *body;
    size_t body_length;
};

struct lie {
    const char *name;    /* "half-a-body" */
    const char *clauses; /* glob on the clauses that it breaks; NULL: those about the status of successes */
    const char *wrong;   /* what the liar does */
    /* Puts the bytes that are sent instead of the answer into *out; false when it gives no occasion. */
    bool (*tell)(const struct lie_answer *answer, struct buf *out);
};

extern const struct lie lies[];
extern const size_t lie_count;

/* Takes an answer apart: false when its headers do not end. The texts are borrowed. */
bool lie_answer_of(const char *bytes, size_t length, struct lie_answer *ret_answer);
/* Of the answer's status line; 0: it has none. */
int lie_answer_status(const struct lie_answer *answer);

#endif
