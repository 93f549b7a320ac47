/* A growing byte buffer that is born with its limit. Passing the limit appends nothing, marks the
 * buffer `full` and returns false; the mark stays, so a run of appends needs one check at its end.
 * data is always NUL-terminated (the NUL is not counted in length nor in the limit). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* owned; "" before the first append */
    size_t length;
    size_t capacity;
    size_t limit; /* bytes */
    bool full;
};

#define BUF_KIB ((size_t)1024)
#define BUF_MIB ((size_t)1024 * 1024)

void buf_init(struct buf *buf, size_t limit);
void buf_fini(struct buf *buf);  /* accepts NULL; the buffer may be used again after buf_init */
void buf_clear(struct buf *buf); /* length 0, memory and limit kept */

/* Room for so many more bytes at once, for what will be appended in small pieces. */
bool buf_reserve(struct buf *buf, size_t more);
bool buf_append(struct buf *buf, const void *bytes, size_t length);
bool buf_puts(struct buf *buf, const char *text);
bool buf_putc(struct buf *buf, char c);
bool buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_vprintf(struct buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* The content as an owned string; the buffer is empty afterwards. */
char *buf_take(struct buf *buf);

#endif
