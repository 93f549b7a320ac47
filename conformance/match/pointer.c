#include "conformance/match/pointer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

bool pointer_valid(const char *pointer)
{
    if (*pointer && *pointer != '/')
        return false;
    for (const char *tilde = pointer; (tilde = strchr(tilde, '~')); tilde++) {
        if (tilde[1] != '0' && tilde[1] != '1')
            return false;
    }
    return true;
}

/* One token with its escapes undone: owned. */
static char *unescape(const char *token, size_t length)
{
    char *out = mem_alloc(length + 1);
    char *next = out;
    for (size_t i = 0; i < length; i++) {
        bool escaped = token[i] == '~' && i + 1 < length;
        *next++ = escaped ? (token[++i] == '0' ? '~' : '/') : token[i];
    }
    return out;
}

static json_t *step(json_t *json, const char *token)
{
    uint64_t index;
    if (json_is_object(json))
        return json_object_get(json, token);
    bool leading_zero = token[0] == '0' && token[1];
    if (json_is_array(json) && !leading_zero && number_parse_u64(token, &index))
        return json_array_get(json, (size_t)index);
    return NULL;
}

json_t *pointer_get(json_t *json, const char *pointer)
{
    while (json && *pointer == '/') {
        size_t length = strcspn(pointer + 1, "/");
        char *token = unescape(pointer + 1, length);
        json = step(json, token);
        free(token);
        pointer += 1 + length;
    }
    return json;
}
