/* Memory for the blocks of image data, taken from the system in huge pages: what a large upload costs
 * besides its digests is mostly the first touch of its memory, and much goes back when it is deleted. */
#ifndef MOCK_BLOCKS_H
#define MOCK_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK_SIZE ((size_t)64 * 1024)

struct blocks;

struct blocks *blocks_new(void);
void blocks_free(struct blocks *blocks); /* accepts NULL; after every block has been given back */

uint8_t *blocks_take(struct blocks *blocks); /* BLOCK_SIZE bytes of anything; NULL: no memory */
void blocks_give(struct blocks *blocks, uint8_t *block);

#endif
