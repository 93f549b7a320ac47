#include "mock/nearest.h"

#include <stdint.h>
#include <string.h>

#define COMPARED_SIZE 128

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* Levenshtein's distance, one row of the matrix at a time. */
static size_t edits_between(const char *left, const char *right)
{
    size_t row[COMPARED_SIZE + 1];
    size_t width = strnlen(right, COMPARED_SIZE);
    size_t height = strnlen(left, COMPARED_SIZE);
    for (size_t x = 0; x <= width; x++)
        row[x] = x;
    for (size_t y = 1; y <= height; y++) {
        size_t diagonal = row[0];
        row[0] = y;
        for (size_t x = 1; x <= width; x++) {
            size_t above = row[x];
            row[x] = least(above + 1, row[x - 1] + 1, diagonal + (left[y - 1] != right[x - 1]));
            diagonal = above;
        }
    }
    return row[width];
}

size_t nearest_word(const char *word, const char *const *words, size_t count)
{
    size_t nearest = 0;
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t edits = edits_between(word, words[i]);
        if (edits < fewest) {
            fewest = edits;
            nearest = i;
        }
    }
    return nearest;
}
