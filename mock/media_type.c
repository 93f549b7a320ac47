#include "mock/media_type.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

bool media_type_is(const char *content_type, const char *type)
{
    size_t length = strlen(type);
    if (!content_type)
        return false;
    content_type += strspn(content_type, " \t");
    return strncasecmp(content_type, type, length) == 0 && strchr("; \t", content_type[length]);
}
