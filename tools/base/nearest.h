/* "Did you mean ...?": the known name that is most like a misspelt one. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* Letters to insert, remove, replace or swap with their neighbour to get from one name to the other;
 * SIZE_MAX when one of them is too long to be anybody's slip of the pen. */
size_t nearest_distance(const char *from, const char *to);

/* `names` is NULL-terminated. NULL when none is near enough to be meant. Borrowed from `names`. */
const char *nearest_of(const char *name, const char *const *names);

#endif
