#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/proof/proving.h"

/* ---- words ---- */

static bool has_word(const struct proof_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->items[i], word) == 0)
            return true;
    }
    return false;
}

void proof_add_word(struct proof_words *words, const char *word)
{
    if (!has_word(words, word))
        *mem_append(&words->items, &words->count) = mem_dup(word);
}

void proof_words_fini(struct proof_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

/* ---- which clauses it is about ---- */

bool proof_is_selected(const struct proof_options *options, const char *name)
{
    for (size_t i = 0; i < options->only_count; i++) {
        if (fnmatch(options->only[i], name, 0) == 0)
            return true;
    }
    return options->only_count == 0;
}

bool proof_case_names(const struct spec_case *one, const char *clause)
{
    for (size_t i = 0; i < one->parts->clause_count; i++) {
        if (strcmp(one->parts->clauses[i], clause) == 0)
            return true;
    }
    return false;
}
