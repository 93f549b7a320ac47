/* Whether compressed bytes are what they should be: zlib and zstd do the work, nothing is kept. */
#ifndef CONFORMANCE_FORMATS_INFLATE_H
#define CONFORMANCE_FORMATS_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

enum inflate_form {
    INFLATE_RAW,  /* a deflate stream: RFC 1951 */
    INFLATE_ZLIB, /* with header and checksum: RFC 1950 */
    INFLATE_ZSTD, /* RFC 8878 */
};

struct inflater; /* opaque; its memory serves one stream after the other; not for two threads at once */

struct inflater *inflater_new(void);
void inflater_free(struct inflater *inflater); /* accepts NULL */

/* Whether `size` bytes come out of `packed`: no fewer, and where the stream has an end, no more. Bytes after
 * the end of the stream are padding, but for INFLATE_ZLIB, whose users know the length. False with `err`
 * saying what is wrong. */
bool inflater_check(struct inflater *inflater, enum inflate_form form, const uint8_t *packed, size_t length,
                    uint64_t size, struct err *err);

DEFINE_CLEANUP(inflater_free, struct inflater *)

#endif
