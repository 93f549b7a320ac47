#include "base/nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NAME_MAX_COMPARED 96

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

size_t nearest_distance(const char *from, const char *to)
{
    size_t rows = strlen(from);
    size_t columns = strlen(to);
    size_t cost[3][NAME_MAX_COMPARED + 1];
    if (rows > NAME_MAX_COMPARED || columns > NAME_MAX_COMPARED)
        return SIZE_MAX;
    for (size_t column = 0; column <= columns; column++)
        cost[0][column] = column;
    for (size_t row = 1; row <= rows; row++) {
        size_t *now = cost[row % 3];
        const size_t *before = cost[(row + 2) % 3];
        now[0] = row;
        for (size_t column = 1; column <= columns; column++) {
            bool same = from[row - 1] == to[column - 1];
            now[column] = least(before[column] + 1, now[column - 1] + 1, before[column - 1] + !same);
            bool swapped =
                row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            if (swapped)
                now[column] = least(now[column], now[column], cost[(row + 1) % 3][column - 2] + 1);
        }
    }
    return cost[rows % 3][columns];
}

const char *nearest_of(const char *name, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = strlen(name) / 4 + 2;
    for (; *names; names++) {
        size_t distance = nearest_distance(name, *names);
        if (distance < best_distance) {
            best = *names;
            best_distance = distance;
        }
    }
    return best;
}
