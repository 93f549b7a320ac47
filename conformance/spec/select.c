#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec/spec.h"

static bool matches_any(char *const *globs, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(globs[i], text, 0) == 0)
            return true;
    }
    return false;
}

static bool is_one_of(char *const *words, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0)
            return true;
    }
    return false;
}

static bool matches_id(const struct spec_selection *selection, const struct spec_case *one)
{
    bool match = selection->only_count == 0 || matches_any(selection->only, selection->only_count, one->id);
    for (size_t i = 0; i < one->parts->clause_count && !match; i++)
        match = matches_any(selection->only, selection->only_count, one->parts->clauses[i]);
    return match;
}

static bool matches_tag(const struct spec_selection *selection, const struct spec_case *one)
{
    bool match = selection->tag_count == 0;
    for (size_t i = 0; i < one->parts->tag_count && !match; i++)
        match = is_one_of(selection->tags, selection->tag_count, one->parts->tags[i]);
    return match;
}

static bool matches_edition(const struct spec_suite *suite, const struct spec_selection *selection,
                            const struct spec_clause *clause)
{
    return !selection->one_edition || !clause->edition ||
           clause->edition == spec_edition_of(suite, clause->file->api, selection->edition);
}

static bool is_selected(const struct spec_selection *selection, const struct spec_case *one)
{
    bool api =
        selection->api_count == 0 || is_one_of(selection->apis, selection->api_count, one->clause->file->api);
    return api && matches_id(selection, one) && matches_tag(selection, one);
}

/* Adds the selected cases of `clause`. */
static void select_of(const struct spec_clause *clause, const struct spec_selection *selection,
                      const struct spec_case ***cases, size_t *count)
{
    for (size_t i = 0; i < clause->case_count; i++) {
        if (is_selected(selection, &clause->cases[i]))
            *mem_append(cases, count) = &clause->cases[i];
    }
}

const struct spec_case **spec_select(const struct spec_suite *suite, const struct spec_selection *selection,
                                     size_t *ret_count)
{
    const struct spec_case **cases = NULL;
    size_t count = 0;
    for (size_t i = 0; i < suite->file_count; i++) {
        const struct spec_file *file = suite->files[i];
        for (size_t k = 0; k < file->clause_count; k++) {
            if (matches_edition(suite, selection, file->clauses[k]))
                select_of(file->clauses[k], selection, &cases, &count);
        }
    }
    *ret_count = count;
    return cases;
}
