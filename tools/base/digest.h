/* Message digests while bytes stream past. OpenSSL does the work; known answers of RFC 1321 and
 * FIPS 180-4 stand in test/test_digest.c, because judge and judged both rely on this file. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum digest_kind {
    DIGEST_MD5,
    DIGEST_SHA1,
    DIGEST_SHA256,
    DIGEST_SHA512,
};

#define DIGEST_HEX_SIZE 129 /* longest digest in hexadecimal, with its NUL */

struct digest; /* opaque; not for two threads at once */

struct digest *digest_new(enum digest_kind kind);
void digest_free(struct digest *digest); /* accepts NULL */
void digest_update(struct digest *digest, const void *bytes, size_t length);
/* Lower-case hexadecimal of all bytes so far. Once only: the digest accepts nothing afterwards. */
void digest_finish(struct digest *digest, char hex[static DIGEST_HEX_SIZE]);

/* "md5", "sha1", "sha256", "sha512". */
const char *digest_kind_name(enum digest_kind kind);
bool digest_kind_parse(const char *name, enum digest_kind *ret_kind);

#endif
