#include "mock/api.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

static const struct {
    const char *word;
    const char *segment;
} apis[] = {
#define API(name, word, segment, text) {word, segment},
#include "mock/apis.def"
#undef API
};

#define API(name, word, segment, text) " " word
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

const char *api_segment(enum api api)
{
    return apis[api].segment;
}

bool api_of_segment(const char *segment, enum api *ret_api)
{
    for (size_t i = 0; i < API_COUNT; i++) {
        if (strcmp(apis[i].segment, segment) == 0) {
            *ret_api = (enum api)i;
            return true;
        }
    }
    return false;
}
