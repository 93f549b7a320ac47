#include "base/digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct digest {
    EVP_MD_CTX *context;
};

static const char *const names[] = {
    [DIGEST_MD5] = "md5",
    [DIGEST_SHA1] = "sha1",
    [DIGEST_SHA256] = "sha256",
    [DIGEST_SHA512] = "sha512",
};

#define KIND_COUNT (sizeof names / sizeof *names)

/* Fetched once: looking an algorithm up costs more than digesting a small body. */
static EVP_MD *algorithms[KIND_COUNT];

static void fetch_algorithms(void)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        algorithms[i] = EVP_MD_fetch(NULL, names[i], NULL);
}

/* These calls fail only when the library is broken or out of memory: nothing a caller could mend. */
static void must(int done)
{
    if (done != 1)
        abort();
}

struct digest *digest_new(enum digest_kind kind)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_algorithms);
    struct digest *digest = mem_alloc(sizeof *digest);
    digest->context = EVP_MD_CTX_new();
    must(digest->context != NULL);
    must(EVP_DigestInit_ex(digest->context, algorithms[kind], NULL));
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
    return names[kind];
}

bool digest_kind_parse(const char *name, enum digest_kind *ret_kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_kind = (enum digest_kind)i;
            return true;
        }
    }
    return false;
}
