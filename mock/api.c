#include "mock/api.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

static const struct {
    const char *word;
    const char *prefix;
} apis[] = {
#define API(name, word, prefix, text) {word, prefix},
#include "mock/apis.def"
#undef API
};

#define API(name, word, prefix, text) " " word
static const char known_apis[] =
#include "mock/apis.def"
    ;
#undef API

static bool add_api(const char *word, unsigned *set, struct err *err)
{
    for (size_t i = 0; i < API_COUNT; i++) {
        if (strcmp(apis[i].word, word) == 0) {
            *set |= 1U << i;
            return true;
        }
    }
    return err_set(err, ERR_VALUE, "there is no API '%.200s'; this version serves%s", word, known_apis);
}

bool apis_parse(const char *words, unsigned *ret_apis, struct err *err)
{
    CLEANUP(text) char *copy = mem_dup(words);
    char *rest = copy;
    unsigned set = 0;
    while (rest) {
        if (!add_api(strsep(&rest, ","), &set, err))
            return false;
    }
    *ret_apis = set;
    return true;
}

const char *api_prefix(enum api api)
{
    return apis[api].prefix;
}

static bool begins_with(const struct target *target, const char *prefix)
{
    for (size_t i = 0; i < target->segment_count; i++) {
        size_t length = strcspn(prefix, "/");
        if (strlen(target->segments[i]) != length || memcmp(target->segments[i], prefix, length) != 0)
            return false;
        prefix += length;
        if (!*prefix++)
            return true;
    }
    return false;
}

bool api_of_target(const struct target *target, enum api *ret_api)
{
    for (size_t i = 0; i < API_COUNT; i++) {
        if (begins_with(target, apis[i].prefix)) {
            *ret_api = (enum api)i;
            return true;
        }
    }
    return false;
}
