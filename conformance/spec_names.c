#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec_internal.h"

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

#define NAME_MAX_COMPARED 64 /* a longer name is nobody's slip of the pen */
#define LIST_MAX_NAMES    12

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* Letters to insert, remove, replace or swap with their neighbour to get from one to the other. */
static size_t edit_distance(const char *from, const char *to)
{
    size_t rows = strlen(from);
    size_t columns = strlen(to);
    size_t cost[3][NAME_MAX_COMPARED + 1];
    if (rows > NAME_MAX_COMPARED || columns > NAME_MAX_COMPARED)
        return SIZE_MAX;
    for (size_t column = 0; column <= columns; column++)
        cost[0][column] = column;
    for (size_t row = 1; row <= rows; row++) {
        size_t *now = cost[row % 3];
        const size_t *before = cost[(row + 2) % 3];
        now[0] = row;
        for (size_t column = 1; column <= columns; column++) {
            bool same = from[row - 1] == to[column - 1];
            now[column] = least(before[column] + 1, now[column - 1] + 1, before[column - 1] + !same);
            bool swapped =
                row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            if (swapped)
                now[column] = least(now[column], now[column], cost[(row + 1) % 3][column - 2] + 1);
        }
    }
    return cost[rows % 3][columns];
}

void guess_init(struct guess *guess, const char *wanted)
{
    *guess = (struct guess){.wanted = wanted, .best_distance = SIZE_MAX};
    buf_init(&guess->list, sizeof guess->text - 32);
}

void guess_offer(struct guess *guess, const char *candidate)
{
    size_t distance = edit_distance(guess->wanted, candidate);
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
