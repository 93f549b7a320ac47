/* Digests of a blob while it grows: MD5 and SHA-512, each on its own thread of a pool, so that an upload
 * takes no longer than the slower of them. */
#ifndef MOCK_HASHING_H
#define MOCK_HASHING_H

#include <stdbool.h>

#include "base/digest.h"
#include "mock/blob.h"

struct hash_pool;

struct hash_pool *hash_pool_new(unsigned threads);
/* Finishes what has been sealed, drops the rest. Every job must have been freed or ended before. */
void hash_pool_free(struct hash_pool *pool);

struct hash_job;

struct hash_job *hash_job_new(struct hash_pool *pool, struct blob *blob); /* takes its own reference */
/* The blob has grown or has been sealed. */
void hash_job_feed(struct hash_job *job);
/* Calls `done` once, on a thread of the pool, when all of the sealed blob is hashed. False when that is
 * so already: `done` is not called then. */
bool hash_job_wait(struct hash_job *job, void (*done)(void *context), void *context);
/* Hexadecimal; only when the job is done. Borrowed. */
const char *hash_job_md5(const struct hash_job *job);
const char *hash_job_sha512(const struct hash_job *job);
void hash_job_free(struct hash_job *job); /* at any time but while waiting; accepts NULL */

#endif
