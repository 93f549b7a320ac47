/* How much is stored: really stored bytes against the memory of the server, and the sizes of images
 * against each project's quota. Taken while data arrive, so that parallel uploads cannot overdraw. */
#ifndef MOCK_SPACE_H
#define MOCK_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "mock/blocks.h"

struct space;

struct space *space_new(uint64_t memory_limit_bytes);
void space_free(struct space *space); /* accepts NULL */

/* False, and nothing taken, when it would go over the memory limit. */
bool space_take_memory(struct space *space, uint64_t bytes);
void space_take_memory_anyway(struct space *space, uint64_t bytes);
void space_give_memory(struct space *space, uint64_t bytes);
/* Where blocks of data come from; borrowed. */
struct blocks *space_blocks(struct space *space);
uint64_t space_stored_bytes(struct space *space);

/* False, and nothing taken, when the project would go over `quota_bytes`. */
bool space_take_quota(struct space *space, const char *project, uint64_t bytes, uint64_t quota_bytes);
void space_give_quota(struct space *space, const char *project, uint64_t bytes);

#endif
