/* The one gate to the bytes of an image: a file or memory, ranges checked, reads bounded by the caller's
 * buffer. What an image claims about itself never decides how much is read here.
 *
 * The first failure of the operating system stays with the source: every later read fails at once, and
 * source_error() tells it. So a checker may simply stop where a read fails; whoever started it asks once. */
#ifndef CONFORMANCE_FORMATS_SOURCE_H
#define CONFORMANCE_FORMATS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct source; /* opaque; not for two threads at once */

/* A regular file or a block device, opened for reading; NULL with `err` set. Owned by the caller. */
struct source *source_open(const char *path, struct err *err);
/* A regular file beside `source`, in the same folder. `name` has no slash, and a symbolic link is refused:
 * nothing outside of the folder is opened. NULL with `err` set. Owned by the caller. */
struct source *source_open_sibling(const struct source *source, const char *name, struct err *err);
/* `bytes` are borrowed for the life of the source. */
struct source *source_from_memory(const void *bytes, size_t length);
void source_free(struct source *source); /* accepts NULL */

uint64_t source_size(const struct source *source);    /* bytes, as it was when opened */
const char *source_path(const struct source *source); /* "" of memory; borrowed */

/* Whether [offset, offset + length) lies in the source; false when the sum wraps. */
bool source_has(const struct source *source, uint64_t offset, uint64_t length);
/* Reads exactly `length` bytes. False, with nothing said about `out`, when the range is not in the source or
 * when the operating system failed, now or before. */
bool source_read(struct source *source, uint64_t offset, void *out, size_t length);
/* What the operating system refused; code ERR_NONE when nothing. Borrowed. */
const struct err *source_error(const struct source *source);

DEFINE_CLEANUP(source_free, struct source *)

#endif
