/* Undoing what a run has left behind, as its ledger tells it: nothing else is touched. */
#ifndef CONFORMANCE_CASE_REMOVE_H
#define CONFORMANCE_CASE_REMOVE_H

#include "conformance/remains.h"
#include "conformance/target/target.h"

struct removal {
    size_t left;                                  /* entries of which something is left */
    void (*say)(void *context, const char *text); /* of each entry that is left: one line why */
    void *context;
};

/* `target` is connected. Fills removal->left. False with `err` set when there is no session to be
 * had. */
bool remove_remains(struct remains *remains, const struct target *target, struct removal *removal,
                    struct err *err);

#endif
