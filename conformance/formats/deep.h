/* Inflating what an image has compressed, on as many processors as there are.
 *
 * What is to be inflated is read at once and kept until there is enough of it to share out; what is found
 * is reported in the order in which it was asked for. So a checker sees none of it. */
#ifndef CONFORMANCE_FORMATS_DEEP_H
#define CONFORMANCE_FORMATS_DEEP_H

#include "conformance/formats/check.h"
#include "conformance/formats/inflate.h"

struct deep_piece {
    enum rule_index rule; /* that is broken when it does not inflate */
    uint64_t at;          /* where the finding is: of the table entry */
    enum inflate_form form;
    uint64_t offset;  /* of the compressed data in the file */
    size_t length;    /* bytes; the caller has bounded it */
    uint64_t size;    /* that comes out */
    uint64_t or_size; /* another size that is right, too; 0: none */
};

/* Nothing happens when the piece cannot be read. */
void deep_inflate(struct check *check, const struct deep_piece *piece);
/* Judges what is left, and frees the memory; accepts a check without any. */
void deep_finish(struct check *check);

#endif
