/* "Did you mean ...?": the known name that is most like a misspelt one. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

/* `names` is NULL-terminated. NULL when none is near enough to be meant. Borrowed from `names`. */
const char *nearest_of(const char *name, const char *const *names);

#endif
