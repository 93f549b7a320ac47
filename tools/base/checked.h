/* Arithmetic that says when it would wrap. Each returns true and sets *ret when the result fits,
 * false and leaves *ret alone when it does not (the reverse of the compiler's builtins, so that
 * `if (!add_u64(...)) return err_set(...)` reads as everything else here). */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECKED_DEFINE(name, type, builtin)                                                                  \
    static inline bool name(type left, type right, type *ret_value)                                          \
    {                                                                                                        \
        type value;                                                                                          \
        if (builtin(left, right, &value))                                                                    \
            return false;                                                                                    \
        *ret_value = value;                                                                                  \
        return true;                                                                                         \
    }

CHECKED_DEFINE(add_u64, uint64_t, __builtin_add_overflow)
CHECKED_DEFINE(sub_u64, uint64_t, __builtin_sub_overflow)
CHECKED_DEFINE(mul_u64, uint64_t, __builtin_mul_overflow)
CHECKED_DEFINE(add_size, size_t, __builtin_add_overflow)
CHECKED_DEFINE(mul_size, size_t, __builtin_mul_overflow)

#undef CHECKED_DEFINE

#endif
