#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_open(const struct err *err)
{
    return err && err->code == ERR_NONE;
}

/* A path too long to keep loses its beginning: the file name is the part that helps. */
static void keep_source(struct err *err, const char *source)
{
    size_t length = strlen(source);
    size_t room = sizeof err->source - 1;
    snprintf(err->source, sizeof err->source, "%s", length > room ? source + (length - room) : source);
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    if (!is_open(err))
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    err->code = code;
    return false;
}

bool err_set_at(struct err *err, enum err_code code, const char *source, size_t line, size_t column,
                const char *format, ...)
{
    if (!is_open(err))
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    keep_source(err, source);
    err->line = line;
    err->column = column;
    err->code = code;
    return false;
}

bool err_set_errno(struct err *err, const char *format, ...)
{
    int cause = errno;
    if (!is_open(err))
        return false;
    char what[256];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(err, ERR_IO, "%s: %s", what, strerror(cause));
}

void err_prefix(struct err *err, const char *format, ...)
{
    if (!err || err->code == ERR_NONE)
        return;
    char prefix[256];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    char joined[sizeof prefix + sizeof err->text + 2];
    snprintf(joined, sizeof joined, "%s: %s", prefix, err->text);
    memcpy(err->text, joined, sizeof err->text - 1);
    err->text[sizeof err->text - 1] = '\0';
}

const char *err_format(const struct err *err, char *out, size_t size)
{
    if (err->source[0] == '\0')
        snprintf(out, size, "%s", err->text);
    else if (err->line == 0)
        snprintf(out, size, "%s: %s", err->source, err->text);
    else if (err->column == 0)
        snprintf(out, size, "%s:%zu: %s", err->source, err->line, err->text);
    else
        snprintf(out, size, "%s:%zu:%zu: %s", err->source, err->line, err->column, err->text);
    return out;
}

void err_reset(struct err *err)
{
    if (err)
        *err = (struct err)ERR_INIT;
}
