#include "conformance/case_index.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"

struct known {
    const struct spec_case *one;
    UT_hash_handle hh;
};

struct case_index {
    struct known *known;
};

struct case_index *case_index_new(const struct spec_suite *suite)
{
    const struct spec_selection everything = {0};
    struct case_index *index = mem_alloc(sizeof *index);
    size_t count;
    const struct spec_case **cases = spec_select(suite, &everything, &count);
    for (size_t i = 0; i < count; i++) {
        struct known *known = mem_alloc(sizeof *known);
        known->one = cases[i];
        HASH_ADD_KEYPTR(hh, index->known, cases[i]->id, strlen(cases[i]->id), known);
    }
    free(cases);
    return index;
}

const struct spec_case *case_index_find(const struct case_index *index, const char *id)
{
    struct known *known;
    HASH_FIND_STR(index->known, id, known);
    return known ? known->one : NULL;
}

void case_index_free(struct case_index *index)
{
    struct known *known;
    struct known *next;
    if (!index)
        return;
    HASH_ITER (hh, index->known, known, next) {
        HASH_DEL(index->known, known); /* NOLINT: the macro keeps `next` before the entry goes */
        free(known);
    }
    free(index);
}
