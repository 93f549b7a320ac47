/* Signatures: Ed25519 (RFC 8032) and ECDSA over P-256 with SHA-256 (FIPS 186-5), keys as PEM. OpenSSL does
 * the work. A key is read from a file, which may be a descriptor (/dev/fd/N); no key is ever on a command
 * line. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"

struct sign_key;

/* `algorithm` is "ed25519" or "p256". NULL with `err` set: ERR_VALUE for another one. Owned. */
struct sign_key *sign_key_make(const char *algorithm, struct err *err);
/* PKCS #8 without a passphrase, or SubjectPublicKeyInfo. NULL with `err` set (ERR_IO, ERR_SYNTAX; ERR_VALUE
 * for a key of another kind). Owned. */
struct sign_key *sign_key_read_private(const char *path, struct err *err);
struct sign_key *sign_key_read_public(const char *path, struct err *err);
void sign_key_free(struct sign_key *key); /* accepts NULL */
DEFINE_CLEANUP(sign_key_free, struct sign_key *)

/* A new file that only its owner can read; and one for everybody. False with `err` set, also when it is
 * there. */
bool sign_key_write_private(const struct sign_key *key, const char *path, struct err *err);
bool sign_key_write_public(const struct sign_key *key, const char *path, struct err *err);

#define SIGN_KEY_ID_SIZE 65
/* SHA-256, hexadecimal, of the public key as SubjectPublicKeyInfo in DER. */
void sign_key_id(const struct sign_key *key, char id[static SIGN_KEY_ID_SIZE]);

/* 64 bytes for Ed25519, the DER of (r, s) for P-256: owned. */
bool sign_make(const struct sign_key *key, const void *bytes, size_t length, char **ret_signature,
               size_t *ret_length, struct err *err);
bool sign_check(const struct sign_key *key, const void *bytes, size_t length, const char *signature,
                size_t signature_length);

#endif
