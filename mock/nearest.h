/* The word of a list that a misspelt one was probably meant to be. */
#ifndef MOCK_NEAREST_H
#define MOCK_NEAREST_H

#include <stddef.h>

/* Index of the word with the fewest edits from `word`, of which only the first 128 bytes count. */
size_t nearest_word(const char *word, const char *const *words, size_t count);

#endif
