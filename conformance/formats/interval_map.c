#include "conformance/formats/interval_map.h"

#include <limits.h>
#include <string.h>
#include <uthash.h>

#include "base/checked.h"
#include "base/mem.h"

#define CHUNK_UNITS  32768u
#define WORD_BITS    64u
#define CHUNK_WORDS  (CHUNK_UNITS / WORD_BITS)
#define TABLES_FIRST 256u /* units of tables that there is room for at first; a power of two */

/* How the counts of a chunk are held: the narrowest form that holds the largest of them. */
enum form {
    FORM_ONCE, /* every unit once, and nothing is stored */
    FORM_BITS,
    FORM_BYTES,
    FORM_WORDS,
};

struct chunk {
    uint64_t index; /* of its first unit, in chunks */
    enum form form;
    uint32_t taken; /* units that are claimed; kept for FORM_BITS */
    union {
        uint64_t *bits;
        uint8_t *bytes;
        uint32_t *words;
    };
    UT_hash_handle hh;
};

struct table_unit {
    uint64_t key; /* the unit + 1; 0: free */
    unsigned kind;
};

struct interval_map {
    uint32_t unit_bytes;
    size_t limit_bytes;
    size_t used_bytes;
    bool full;
    struct chunk *chunks;
    struct chunk *recent;      /* the chunk of the last look-up, or NULL */
    struct table_unit *tables; /* open addressing, at most half full */
    size_t table_room;         /* a power of two */
    size_t table_count;
};

static const size_t form_bytes[] = {
    [FORM_ONCE] = 0,
    [FORM_BITS] = CHUNK_UNITS / CHAR_BIT,
    [FORM_BYTES] = CHUNK_UNITS,
    [FORM_WORDS] = CHUNK_UNITS * sizeof(uint32_t),
};

struct interval_map *interval_map_new(uint32_t unit_bytes, size_t limit_bytes)
{
    struct interval_map *map = mem_alloc(sizeof *map);
    map->unit_bytes = unit_bytes;
    map->limit_bytes = limit_bytes;
    map->table_room = TABLES_FIRST;
    map->tables = mem_alloc(map->table_room * sizeof *map->tables);
    return map;
}

void interval_map_free(struct interval_map *map)
{
    if (!map)
        return;
    struct chunk *chunk, *next;
    HASH_ITER (hh, map->chunks, chunk, next) {
        HASH_DEL(map->chunks, chunk); /* NOLINT: the macro keeps `next` before the chunk goes */
        free(chunk->bits);
        free(chunk);
    }
    free(map->tables);
    free(map);
}

uint32_t interval_map_unit_bytes(const struct interval_map *map)
{
    return map->unit_bytes;
}

bool interval_map_is_full(const struct interval_map *map)
{
    return map->full;
}

/* Accounts for memory that is about to be taken; false, and full from then on, when it would be too much. */
static bool afford(struct interval_map *map, size_t bytes)
{
    if (map->full || bytes > map->limit_bytes - map->used_bytes) {
        map->full = true;
        return false;
    }
    map->used_bytes += bytes;
    return true;
}

/* ---- Chunks ------------------------------------------------------------------------------------------- */

static struct chunk *find_chunk(const struct interval_map *map, uint64_t index)
{
    if (map->recent && map->recent->index == index)
        return map->recent;
    struct chunk *chunk;
    HASH_FIND(hh, map->chunks, &index, sizeof index, chunk);
    return chunk;
}

static struct chunk *chunk_for_claim(struct interval_map *map, uint64_t index)
{
    struct chunk *chunk = find_chunk(map, index);
    if (!chunk) {
        if (!afford(map, sizeof *chunk + form_bytes[FORM_BITS]))
            return NULL;
        chunk = mem_alloc(sizeof *chunk);
        chunk->index = index;
        chunk->form = FORM_BITS;
        chunk->bits = mem_alloc(form_bytes[FORM_BITS]);
        HASH_ADD(hh, map->chunks, index, sizeof chunk->index, chunk);
    }
    map->recent = chunk;
    return chunk;
}

static uint32_t chunk_count(const struct chunk *chunk, uint32_t unit)
{
    switch (chunk->form) {
    case FORM_BITS:
        return chunk->bits[unit / WORD_BITS] >> unit % WORD_BITS & 1;
    case FORM_BYTES:
        return chunk->bytes[unit];
    case FORM_WORDS:
        return chunk->words[unit];
    case FORM_ONCE:
    default:
        return 1;
    }
}

static enum form form_for(uint32_t count)
{
    return count > UINT8_MAX ? FORM_WORDS : count > 1 ? FORM_BYTES : FORM_BITS;
}

/* Makes room for larger counts; FORM_BITS is for a chunk that was FORM_ONCE. */
static bool chunk_widen(struct interval_map *map, struct chunk *chunk, enum form form)
{
    if (!afford(map, form_bytes[form]))
        return false;
    struct chunk wide = {.form = form, .bits = mem_alloc(form_bytes[form])};
    for (uint32_t i = 0; i < CHUNK_UNITS; i++) {
        uint32_t count = chunk_count(chunk, i);
        if (form == FORM_WORDS)
            wide.words[i] = count;
        else if (form == FORM_BYTES)
            wide.bytes[i] = (uint8_t)count;
        else
            wide.bits[i / WORD_BITS] |= (uint64_t)count << i % WORD_BITS;
    }
    map->used_bytes -= form_bytes[chunk->form];
    free(chunk->bits);
    chunk->form = form;
    chunk->bits = wide.bits;
    return true;
}

static void chunk_narrow_if_once(struct interval_map *map, struct chunk *chunk)
{
    if (chunk->form != FORM_BITS || chunk->taken < CHUNK_UNITS)
        return;
    map->used_bytes -= form_bytes[FORM_BITS];
    free(chunk->bits);
    chunk->bits = NULL;
    chunk->form = FORM_ONCE;
}

/* The count that the unit had. */
static uint32_t chunk_add(struct interval_map *map, struct chunk *chunk, uint32_t unit, uint32_t times)
{
    uint32_t before = chunk_count(chunk, unit);
    uint32_t after = before > UINT32_MAX - times ? UINT32_MAX : before + times;
    if (chunk->form < form_for(after) && !chunk_widen(map, chunk, form_for(after)))
        return before;
    if (chunk->form == FORM_WORDS) {
        chunk->words[unit] = after;
    } else if (chunk->form == FORM_BYTES) {
        chunk->bytes[unit] = (uint8_t)after;
    } else {
        chunk->bits[unit / WORD_BITS] |= (uint64_t)1 << unit % WORD_BITS;
        chunk->taken++;
        chunk_narrow_if_once(map, chunk);
    }
    return before;
}

/* ---- Units of tables ---------------------------------------------------------------------------------- */

static size_t slot_of(const struct interval_map *map, uint64_t unit)
{
    uint64_t hash = (unit + 1) * 0x9e3779b97f4a7c15u; /* multiplicative, by the golden ratio */
    size_t slot = (size_t)(hash >> 32) & (map->table_room - 1);
    while (map->tables[slot].key != 0 && map->tables[slot].key != unit + 1)
        slot = (slot + 1) & (map->table_room - 1);
    return slot;
}

static bool grow_tables(struct interval_map *map)
{
    size_t old_room = map->table_room;
    struct table_unit *old = map->tables;
    if (!afford(map, old_room * 2 * sizeof *old))
        return false;
    map->table_room = old_room * 2;
    map->tables = mem_alloc(map->table_room * sizeof *map->tables);
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].key != 0)
            map->tables[slot_of(map, old[i].key - 1)] = old[i];
    }
    map->used_bytes -= old_room * sizeof *old;
    free(old);
    return true;
}

static void add_table_unit(struct interval_map *map, uint64_t unit, unsigned kind)
{
    if (map->table_count * 2 >= map->table_room && !grow_tables(map))
        return;
    struct table_unit *entry = &map->tables[slot_of(map, unit)];
    if (entry->key != 0)
        return;
    *entry = (struct table_unit){unit + 1, kind};
    map->table_count++;
}

unsigned interval_map_kind(const struct interval_map *map, uint64_t unit)
{
    const struct table_unit *entry = &map->tables[slot_of(map, unit)];
    return entry->key != 0 ? entry->kind : INTERVAL_KIND_DATA;
}

void interval_map_set_kind(struct interval_map *map, uint64_t unit, unsigned kind)
{
    struct table_unit *entry = &map->tables[slot_of(map, unit)];
    if (entry->key != 0)
        entry->kind = kind;
}

/* ---- Claims ------------------------------------------------------------------------------------------- */

/* A clash with a table says more than one with data. */
static void note_clash(const struct interval_map *map, uint64_t unit, bool *clashed,
                       struct interval_clash *clash)
{
    if (*clashed && clash->kind != INTERVAL_KIND_DATA)
        return;
    unsigned kind = interval_map_kind(map, unit);
    if (*clashed && kind == INTERVAL_KIND_DATA)
        return;
    *clashed = true;
    *clash = (struct interval_clash){unit, kind};
}

/* Claims as many of `count` units as are free and share a word of FORM_BITS, at once; 0 when there are none.
 */
static uint32_t claim_word(struct interval_map *map, struct chunk *chunk, uint32_t unit, uint64_t count)
{
    if (chunk->form != FORM_BITS)
        return 0;
    uint32_t first = unit % WORD_BITS;
    uint32_t run = count < WORD_BITS - first ? (uint32_t)count : WORD_BITS - first;
    uint64_t mask = (run == WORD_BITS ? UINT64_MAX : ((uint64_t)1 << run) - 1) << first;
    uint64_t *word = &chunk->bits[unit / WORD_BITS];
    if (*word & mask)
        return 0;
    *word |= mask;
    chunk->taken += run;
    chunk_narrow_if_once(map, chunk);
    return run;
}

bool interval_map_claim_data(struct interval_map *map, uint64_t unit, uint64_t count, uint32_t times,
                             struct interval_clash *ret_clash)
{
    bool clashed = false;
    uint64_t end;
    if (!add_u64(unit, count, &end))
        end = UINT64_MAX;
    while (unit < end && !map->full) {
        struct chunk *chunk = chunk_for_claim(map, unit / CHUNK_UNITS);
        if (!chunk)
            break;
        uint32_t inside = (uint32_t)(unit % CHUNK_UNITS);
        uint32_t run = times == 1 ? claim_word(map, chunk, inside, end - unit) : 0;
        if (run == 0) {
            if (chunk_add(map, chunk, inside, times) > 0)
                note_clash(map, unit, &clashed, ret_clash);
            run = 1;
        }
        unit += run;
    }
    return !clashed;
}

bool interval_map_claim_table(struct interval_map *map, unsigned kind, uint64_t offset, uint64_t length,
                              struct interval_clash *ret_clash)
{
    uint64_t last;
    if (length == 0)
        return true;
    if (!add_u64(offset, length - 1, &last))
        last = UINT64_MAX;
    uint64_t unit = offset / map->unit_bytes;
    uint64_t count = last / map->unit_bytes - unit + 1;
    bool was_free = interval_map_claim_data(map, unit, count, 1, ret_clash);
    for (uint64_t i = 0; i < count && !map->full; i++)
        add_table_unit(map, unit + i, kind);
    return was_free;
}

/* ---- Questions ---------------------------------------------------------------------------------------- */

uint32_t interval_map_count(const struct interval_map *map, uint64_t unit)
{
    const struct chunk *chunk = find_chunk(map, unit / CHUNK_UNITS);
    return chunk ? chunk_count(chunk, (uint32_t)(unit % CHUNK_UNITS)) : 0;
}

void interval_map_counts(const struct interval_map *map, uint64_t unit, size_t count, uint32_t *ret_counts)
{
    while (count > 0) {
        const struct chunk *chunk = find_chunk(map, unit / CHUNK_UNITS);
        uint32_t inside = (uint32_t)(unit % CHUNK_UNITS);
        size_t run = CHUNK_UNITS - inside < count ? CHUNK_UNITS - inside : count;
        for (size_t i = 0; i < run; i++)
            ret_counts[i] = chunk ? chunk_count(chunk, inside + (uint32_t)i) : 0;
        ret_counts += run;
        unit += run;
        count -= run;
    }
}

bool interval_map_next(const struct interval_map *map, uint64_t unit, uint64_t *ret_unit)
{
    const struct chunk *nearest = NULL;
    for (const struct chunk *chunk = map->chunks; chunk; chunk = chunk->hh.next) {
        if (chunk->index >= unit / CHUNK_UNITS && (!nearest || chunk->index < nearest->index))
            nearest = chunk;
    }
    if (!nearest)
        return false;
    uint64_t first = nearest->index * CHUNK_UNITS;
    for (uint32_t i = unit > first ? (uint32_t)(unit - first) : 0; i < CHUNK_UNITS; i++) {
        if (chunk_count(nearest, i) > 0) {
            *ret_unit = first + i;
            return true;
        }
    }
    return interval_map_next(map, first + CHUNK_UNITS, ret_unit);
}
