/* One writer per form of report: reports/writers/<name>.c defines `const struct writer writer_<name>`
 * and reports/writers.def has its line WRITER(<name>). */
#ifndef REPORTS_WRITER_H
#define REPORTS_WRITER_H

#include <stdio.h>

#include "base/err.h"
#include "reports/result.h"

struct writer {
    const char *name;    /* as in --report NAME=PATH */
    const char *summary; /* for --help: what the form is good for */
    /* Writes the whole report. False with `err` set when the stream fails. */
    bool (*write)(const struct run_result *run, FILE *out, struct err *err);
};

/* NULL when there is none of that name. */
const struct writer *writer_find(const char *name);
/* All of them, NULL-terminated, in the order of the registry. */
const struct writer *const *writer_all(void);

/* A report that has been asked for: opened before the run starts, so that a path that cannot be
 * written is known before anything is sent, and replaced atomically when the run is over. */
struct report_file;

/* `spec` is "FORM=PATH"; "-" is standard output. NULL with `err` set (ERR_VALUE: no such form, no '=';
 * ERR_IO: not writable). Owned by the caller; report_file_free without a finish leaves no file behind
 * (and an existing one untouched). */
struct report_file *report_file_open(const char *spec, struct err *err);
bool report_file_finish(struct report_file *file, const struct run_result *run, struct err *err);
void report_file_free(struct report_file *file);

#endif
