/* A server on loopback that passes exchanges on to another one and can lie in its answers to one call: a liar
 * that is right in everything else. Each connection has one exchange. */
#ifndef CONFORMANCE_PROOF_RELAY_H
#define CONFORMANCE_PROOF_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "conformance/proof/lies.h"

/* Longer answers pass by as they are. */
#define RELAY_ANSWER_MAX_BYTES (2 * BUF_MIB)

struct relay;

/* Serves on a free port until relay_free. `url` ("http://127.0.0.1:PORT") is where exchanges go. NULL with
 * `err` set. */
struct relay *relay_new(const char *url, struct err *err);
void relay_free(struct relay *relay); /* accepts NULL; waits for the exchanges that are going on */
const char *relay_url(const struct relay *relay); /* borrowed */

/* What is lied about: answers to a method and path, in which {word} stands for a segment, of one status (0:
 * of any success). */
struct relay_occasion {
    const struct lie *lie;
    const char *method;
    const char *path;
    int status;
};
/* From now on; NULL: the truth. Not while an exchange is going on. The occasion is borrowed until the next
 * one. */
void relay_lie(struct relay *relay, const struct relay_occasion *occasion);
/* How many answers were lied about since. */
size_t relay_lies_told(const struct relay *relay);

#endif
