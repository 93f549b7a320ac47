#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "conformance/spec/internal.h"

struct names_entry *names_add(struct names *names, const char *name, struct yaml_place place, void *value)
{
    if (names_find(names, name))
        return NULL;
    if (!names->index)
        names->index = json_object();
    json_object_set_new(names->index, name, json_integer((json_int_t)names->count));
    struct names_entry *entry = mem_append(&names->entries, &names->count);
    *entry = (struct names_entry){mem_dup(name), place, value};
    return entry;
}

struct names_entry *names_find(const struct names *names, const char *name)
{
    const json_t *position = json_object_get(names->index, name);
    return position ? &names->entries[json_integer_value(position)] : NULL;
}

void names_fini(struct names *names)
{
    json_decref(names->index);
    for (size_t i = 0; i < names->count; i++)
        free(names->entries[i].name);
    free(names->entries);
    *names = (struct names){0};
}

#define LIST_MAX_NAMES 12

void guess_init(struct guess *guess, const char *wanted)
{
    *guess = (struct guess){.wanted = wanted, .best_distance = SIZE_MAX};
    buf_init(&guess->list, sizeof guess->text - 32);
}

void guess_offer(struct guess *guess, const char *candidate)
{
    size_t distance = nearest_distance(guess->wanted, candidate);
    if (distance < guess->best_distance) {
        guess->best = candidate;
        guess->best_distance = distance;
    }
    buf_puts(&guess->list, guess->offered++ ? ", " : "");
    buf_puts(&guess->list, candidate);
}

void guess_offer_names(struct guess *guess, const struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        guess_offer(guess, names->entries[i].name);
}

const char *guess_end(struct guess *guess)
{
    bool near = guess->best && guess->best_distance <= 1 + strlen(guess->wanted) / 4;
    bool few = guess->offered && guess->offered <= LIST_MAX_NAMES && !guess->list.full;
    if (near)
        snprintf(guess->text, sizeof guess->text, ", did you mean \"%s\"?", guess->best);
    else if (few)
        snprintf(guess->text, sizeof guess->text, ", expected %s%s", guess->offered > 1 ? "one of " : "",
                 guess->list.data);
    buf_fini(&guess->list);
    return guess->text;
}

void words_add(char ***words, size_t *count, const char *word)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*words)[i], word) == 0)
            return;
    }
    *mem_append(words, count) = mem_dup(word);
}

void words_free(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}
