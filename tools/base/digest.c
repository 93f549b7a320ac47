#include "base/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct digest {
    EVP_MD_CTX *context;
};

static const struct {
    const char *name;
    const EVP_MD *(*algorithm)(void);
} kinds[] = {
    [DIGEST_MD5] = {"md5", EVP_md5},
    [DIGEST_SHA1] = {"sha1", EVP_sha1},
    [DIGEST_SHA256] = {"sha256", EVP_sha256},
    [DIGEST_SHA512] = {"sha512", EVP_sha512},
};

/* These calls fail only when the library is broken or out of memory: nothing a caller could mend. */
static void must(int done)
{
    if (done != 1)
        abort();
}

struct digest *digest_new(enum digest_kind kind)
{
    struct digest *digest = mem_alloc(sizeof *digest);
    digest->context = EVP_MD_CTX_new();
    must(digest->context != NULL);
    must(EVP_DigestInit_ex(digest->context, kinds[kind].algorithm(), NULL));
    return digest;
}

void digest_free(struct digest *digest)
{
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void digest_update(struct digest *digest, const void *bytes, size_t length)
{
    must(EVP_DigestUpdate(digest->context, bytes, length));
}

void digest_finish(struct digest *digest, char hex[static DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    must(EVP_DigestFinal_ex(digest->context, raw, &length));
    for (unsigned int i = 0; i < length; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[2 * (size_t)length] = '\0';
}

const char *digest_kind_name(enum digest_kind kind)
{
    return kinds[kind].name;
}

bool digest_kind_parse(const char *name, enum digest_kind *ret_kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret_kind = (enum digest_kind)i;
            return true;
        }
    }
    return false;
}
