/* Dead Simple Signing Envelope 1.0 (github.com/secure-systems-lab/dsse: envelope.md, protocol.md). */
#ifndef REPORTS_DSSE_H
#define REPORTS_DSSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/sign.h"

/* The payload signed by each of the keys, as JSON on one line: owned; NULL with `err` set. */
char *dsse_wrap(const char *type, const char *payload, struct sign_key *const *keys, size_t count,
                struct err *err);

/* Opens an envelope of that type. Each of the keys (there may be none) has to have signed it. Unless it is
 * `foreign`, each signature has to be of one of the keys, by its key id too, and the text what dsse_wrap()
 * makes of it, to the byte; a foreign envelope may be written differently, and have signatures of others.
 * False with `err` set (ERR_SYNTAX: no such envelope; ERR_VALUE: a signature is missing or wrong). */
bool dsse_open(const char *text, const char *type, struct sign_key *const *keys, size_t count, bool foreign,
               char **ret_payload, struct err *err);

#endif
