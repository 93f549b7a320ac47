#include "base/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"

struct sign_key {
    EVP_PKEY *pkey;
};

/* Takes the key. NULL when it is of no kind that is known here. */
static struct sign_key *key_of(EVP_PKEY *pkey, const char *source, struct err *err)
{
    char group[32] = "";
    bool ed25519 = EVP_PKEY_is_a(pkey, "ED25519");
    bool p256 = EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
                strcmp(group, "prime256v1") == 0;
    if (!ed25519 && !p256) {
        err_set(err, ERR_VALUE, "%s is a key of another kind than Ed25519 and P-256", source);
        EVP_PKEY_free(pkey);
        return NULL;
    }
    struct sign_key *key = mem_alloc(sizeof *key);
    key->pkey = pkey;
    return key;
}

struct sign_key *sign_key_make(const char *algorithm, struct err *err)
{
    EVP_PKEY *pkey = NULL;
    if (strcmp(algorithm, "ed25519") == 0)
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else if (strcmp(algorithm, "p256") == 0)
        pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    else
        err_set(err, ERR_VALUE, "there is no algorithm '%s': want ed25519 or p256", algorithm);
    if (pkey)
        return key_of(pkey, algorithm, err);
    err_set(err, ERR_IO, "OpenSSL makes no key of the kind %s", algorithm);
    return NULL;
}

void sign_key_free(struct sign_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

/* ---- PEM ---- */

/* A passphrase would have to be asked for: there is none. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static struct sign_key *read_key(const char *path, bool is_private, struct err *err)
{
    CLEANUP(file) FILE *file = fopen(path, "re");
    if (!file) {
        err_set_errno(err, "the key %s", path);
        return NULL;
    }
    EVP_PKEY *pkey = is_private ? PEM_read_PrivateKey(file, NULL, no_passphrase, NULL)
                                : PEM_read_PUBKEY(file, NULL, no_passphrase, NULL);
    if (pkey)
        return key_of(pkey, path, err);
    err_set(err, ERR_SYNTAX, "%s is no %s key in PEM%s", path, is_private ? "private" : "public",
            is_private ? " without a passphrase" : "");
    return NULL;
}

struct sign_key *sign_key_read_private(const char *path, struct err *err)
{
    return read_key(path, true, err);
}

struct sign_key *sign_key_read_public(const char *path, struct err *err)
{
    return read_key(path, false, err);
}

static bool write_key(const struct sign_key *key, const char *path, bool is_private, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, is_private ? 0600 : 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        err_set_errno(err, "the key %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    int written = is_private ? PEM_write_PKCS8PrivateKey(file, key->pkey, NULL, NULL, 0, NULL, NULL)
                             : PEM_write_PUBKEY(file, key->pkey);
    bool closed = fclose(file) == 0;
    return (written == 1 && closed) || err_set(err, ERR_IO, "the key %s cannot be written", path);
}

bool sign_key_write_private(const struct sign_key *key, const char *path, struct err *err)
{
    return write_key(key, path, true, err);
}

bool sign_key_write_public(const struct sign_key *key, const char *path, struct err *err)
{
    return write_key(key, path, false, err);
}

void sign_key_id(const struct sign_key *key, char id[static SIGN_KEY_ID_SIZE])
{
    unsigned char *der = NULL;
    char hex[DIGEST_HEX_SIZE];
    int length = i2d_PUBKEY(key->pkey, &der);
    struct digest *digest = digest_new(DIGEST_SHA256);
    digest_update(digest, der, length > 0 ? (size_t)length : 0);
    digest_finish(digest, hex);
    digest_free(digest);
    OPENSSL_free(der);
    memcpy(id, hex, SIGN_KEY_ID_SIZE);
}

/* ---- signatures ---- */

/* Ed25519 hashes by itself. */
static const char *hash_of(const struct sign_key *key)
{
    return EVP_PKEY_is_a(key->pkey, "ED25519") ? NULL : "SHA256";
}

bool sign_make(const struct sign_key *key, const void *bytes, size_t length, char **ret_signature,
               size_t *ret_length, struct err *err)
{
    size_t size = 0;
    unsigned char *signature = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context &&
                EVP_DigestSignInit_ex(context, NULL, hash_of(key), NULL, NULL, key->pkey, NULL) == 1 &&
                EVP_DigestSign(context, NULL, &size, bytes, length) == 1;
    if (made) {
        signature = mem_alloc(size);
        made = EVP_DigestSign(context, signature, &size, bytes, length) == 1;
    }
    EVP_MD_CTX_free(context);
    if (!made) {
        free(signature);
        return err_set(err, ERR_IO, "OpenSSL makes no signature");
    }
    *ret_signature = (char *)signature;
    *ret_length = size;
    return true;
}

bool sign_check(const struct sign_key *key, const void *bytes, size_t length, const char *signature,
                size_t signature_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context && EVP_DigestVerifyInit_ex(context, NULL, hash_of(key), NULL, NULL, key->pkey, NULL) == 1 &&
        EVP_DigestVerify(context, (const unsigned char *)signature, signature_length, bytes, length) == 1;
    EVP_MD_CTX_free(context);
    return good;
}
