/* Scoped clean-up: `CLEANUP(free_text) char *text = NULL;` runs when the scope is left, by any way.
 * For a type of one's own: DEFINE_CLEANUP(thing_free, struct thing *) beside its _free, then
 * `CLEANUP(thing_free) struct thing *thing = thing_new();`. Hand over with TAKE(thing). */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>

#define CLEANUP(function) __attribute__((cleanup(cleanup_##function)))

#define DEFINE_CLEANUP(function, type)                                                                       \
    static inline void cleanup_##function(type *object)                                                      \
    {                                                                                                        \
        function(*object);                                                                                   \
    }

/* The value of `pointer`, which becomes NULL: ownership moves to the receiver. */
#define TAKE(pointer)                                                                                        \
    __extension__({                                                                                          \
        __typeof__(pointer) taken_ = (pointer);                                                              \
        (pointer) = NULL;                                                                                    \
        taken_;                                                                                              \
    })

static inline void cleanup_text(char **text)
{
    free(*text);
}

static inline void cleanup_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

#endif
