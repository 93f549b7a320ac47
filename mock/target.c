#include "mock/target.h"

#include <string.h>

#include "base/percent.h"

/* Decoding never makes a text longer, so it may stay where it is. */
static bool decode(char *text, bool plus_is_space)
{
    size_t length = strlen(text);
    return percent_decode(text, length, plus_is_space, text, length + 1);
}

static bool split_path(char *path, struct target *target)
{
    for (char *rest = path; rest;) {
        char *segment = strsep(&rest, "/");
        if (target->segment_count == TARGET_SEGMENTS_MAX || !decode(segment, false))
            return false;
        target->segments[target->segment_count++] = segment;
    }
    return true;
}

static bool split_queries(char *text, struct target *target)
{
    for (char *rest = text; rest;) {
        char *value = strsep(&rest, "&");
        char *name = strsep(&value, "=");
        if (!*name && !value)
            continue;
        if (target->query_count == TARGET_QUERIES_MAX || !decode(name, true) ||
            (value && !decode(value, true)))
            return false;
        target->queries[target->query_count++] = (struct target_query){name, value ? value : ""};
    }
    return true;
}

bool target_parse(char *raw, struct target *ret_target)
{
    struct target target = {0};
    char *path = strsep(&raw, "?");
    if (*path != '/' || !split_path(path + 1, &target) || !split_queries(raw, &target))
        return false;
    *ret_target = target;
    return true;
}

const char *target_query(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->query_count; i++) {
        if (strcmp(target->queries[i].name, name) == 0)
            return target->queries[i].value;
    }
    return NULL;
}
