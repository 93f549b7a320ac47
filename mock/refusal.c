#include "mock/refusal.h"

#include <stdarg.h>
#include <stdio.h>

bool refuse(struct refusal *refusal, int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    refusal->status = status;
    vsnprintf(refusal->text, sizeof refusal->text, format, args);
    va_end(args);
    return false;
}
