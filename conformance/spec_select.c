#include <fnmatch.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec.h"

static bool is_one_of(const char *text, char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0)
            return true;
    }
    return false;
}

static bool matches_any(const struct spec_case *one, char *const *globs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(globs[i], one->id, 0) == 0 || fnmatch(globs[i], one->clause->id, 0) == 0)
            return true;
    }
    return false;
}

static bool has_any_tag(const struct spec_case *one, char *const *tags, size_t count)
{
    for (size_t i = 0; i < one->tag_count; i++) {
        if (is_one_of(one->tags[i], tags, count))
            return true;
    }
    return false;
}

static bool is_selected(const struct spec_case *one, const struct spec_selection *selection)
{
    return (!selection->api_count ||
            is_one_of(one->clause->file->api, selection->apis, selection->api_count)) &&
           (!selection->only_count || matches_any(one, selection->only, selection->only_count)) &&
           (!selection->tag_count || has_any_tag(one, selection->tags, selection->tag_count));
}

const struct spec_case **spec_select(const struct spec_suite *suite, const struct spec_selection *selection,
                                     size_t *ret_count)
{
    const struct spec_case **selected = mem_alloc(sizeof *selected);
    size_t count = 0;
    for (size_t f = 0; f < suite->file_count; f++) {
        const struct spec_file *file = suite->files[f];
        for (size_t c = 0; c < file->clause_count; c++) {
            const struct spec_clause *clause = file->clauses[c];
            for (size_t i = 0; i < clause->case_count; i++) {
                if (!is_selected(&clause->cases[i], selection))
                    continue;
                selected = mem_resize(selected, count + 1, sizeof *selected);
                selected[count++] = &clause->cases[i];
            }
        }
    }
    *ret_count = count;
    return selected;
}
