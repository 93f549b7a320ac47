/* Archives in the ustar format (POSIX.1-2017, pax, "ustar Interchange Format"): plain files, no folders. The
 * same content gives the same bytes: no times, no owners. */
#ifndef REPORTS_TAR_H
#define REPORTS_TAR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define TAR_NAME_MAX_BYTES 99

/* Writes a file of that name whose content `content` has from its present place on, of `size` bytes. */
bool tar_add(FILE *out, const char *name, FILE *content, uint64_t size, struct err *err);
bool tar_end(FILE *out, struct err *err);

struct tar_member {
    char name[TAR_NAME_MAX_BYTES + 1];
    uint64_t offset; /* of its content */
    uint64_t size;
};

/* Whether the file begins as an archive. Leaves it at its beginning. */
bool tar_is(FILE *file);
/* The next member from the file's present place on, which has to be the header of one; leaves it at the next
 * header. *ret_ended when there is none. False with `err` set when this is no archive that tar_add() could
 * have made. */
bool tar_next(FILE *file, struct tar_member *ret_member, bool *ret_ended, struct err *err);

#endif
