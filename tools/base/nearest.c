#include "base/nearest.h"

#include <stddef.h>
#include <string.h>

#define NAME_MAX_BYTES 96

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t distance(const char *left, const char *right)
{
    size_t columns = strlen(right);
    size_t row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 1; left[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (left[i - 1] != right[j - 1]));
            diagonal = above;
        }
    }
    return row[columns];
}

const char *nearest_of(const char *name, const char *const *names)
{
    size_t length = strlen(name);
    if (length > NAME_MAX_BYTES)
        return NULL;
    const char *best = NULL;
    size_t best_distance = length / 3 + 2;
    for (; *names; names++) {
        if (strlen(*names) > NAME_MAX_BYTES)
            continue;
        size_t far = distance(name, *names);
        if (far < best_distance && far < strlen(*names)) {
            best = *names;
            best_distance = far;
        }
    }
    return best;
}
