/* Operating errors: what went wrong with a file, a network peer or an input, said by the innermost
 * function that knows, kept in storage of the caller.
 *
 * A function that can fail returns bool (true: done) and takes a `struct err *` as its last
 * parameter, which may be NULL. The first error wins: a later err_set() on the same struct changes
 * nothing, outer layers only err_prefix(). A programmer's mistake is an assert, never a struct err. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum err_code {
    ERR_NONE = 0,
    ERR_IO,        /* the operating system refused: file, process, socket */
    ERR_SYNTAX,    /* an input does not follow its grammar */
    ERR_VALUE,     /* an input is well-formed and says something impossible */
    ERR_LIMIT,     /* a bound of ours was reached */
    ERR_NETWORK,   /* a peer could not be reached, or broke off */
    ERR_TIMEOUT,   /* a peer did not answer in time */
    ERR_CANCELLED, /* the user asked to stop */
};

struct err {
    enum err_code code;
    size_t line;      /* 1-based, 0: not known */
    size_t column;    /* 1-based, 0: not known */
    int64_t offset;   /* bytes from the start of source, -1: not known */
    char source[512]; /* file or address, "" when there is none */
    char text[512];   /* one line, no full stop, no newline */
};

#define ERR_INIT                                                                                             \
    {                                                                                                        \
        .code = ERR_NONE, .offset = -1                                                                       \
    }

/* Each sets `err` unless it is NULL or already holds an error, and returns false, so that a caller
 * writes `return err_set(err, ...)`. */
bool err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool err_set_at(struct err *err, enum err_code code, const char *source, size_t line, size_t column,
                const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Code ERR_IO; ": " and the text of errno are appended. */
bool err_set_errno(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts the formatted text and ": " before the text of an error that is set. */
void err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ERR_FORMAT_SIZE 1088 /* holds any error */

/* Writes "source:line:column: text" (each part only where known) into out, cut to size. Returns out. */
const char *err_format(const struct err *err, char *out, size_t size);

void err_reset(struct err *err);

#endif
