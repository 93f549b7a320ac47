/* Memory for our own small structures. None of these returns NULL: a process that cannot have a few
 * bytes cannot report anything either, so it aborts. Memory whose size comes from outside (bodies,
 * tables of an image) never comes from here but from a struct buf or a bounded malloc. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed */
void *mem_resize(void *old, size_t count, size_t size);
char *mem_dup(const char *text); /* NULL gives NULL */
char *mem_dup_n(const char *text, size_t length);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* mem_append(&array, &count) grows an owned array by one zeroed element and gives its address. Old
 * element addresses die. Capacity is the next power of two, derived from count. */
#define mem_append(array, count)                                                                             \
    (*(array) = mem_grown(*(array), *(count), sizeof **(array)), &(*(array))[(*(count))++])
void *mem_grown(void *array, size_t count, size_t size);

#endif
