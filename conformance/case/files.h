/* Bodies of answers that a case keeps as files, side by side in a folder of the case's own: an image of
 * several files is judged there. Runs of zeroes take no room. */
#ifndef CONFORMANCE_CASE_FILES_H
#define CONFORMANCE_CASE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CASE_FILE_MAX_BYTES (UINT64_C(4) << 30)

struct case_files {
    char *folder; /* owned; NULL before the first file */
    char **names; /* owned */
    size_t count;
};

void case_files_fini(struct case_files *files); /* removes them */

/* One body on its way into its file. */
struct case_file {
    int descriptor;
    uint64_t length;
    char *path; /* owned */
    struct err err;
};

/* A body kept under the same name before gives way. ERR_VALUE for a name that leads out of the folder. */
bool case_file_open(struct case_files *files, const char *name, struct case_file *ret_file, struct err *err);
/* What goes wrong is told at the end. */
void case_file_write(struct case_file *file, const void *bytes, size_t length);
/* All is written; the path stays until case_file_fini(). */
bool case_file_end(struct case_file *file, struct err *err);
void case_file_fini(struct case_file *file); /* accepts NULL, and one that was never opened but zeroed */

#endif
