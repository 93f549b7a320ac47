/* Which bytes of an image its metadata claims, how often, and what for: one map per image, in units of a
 * cluster, a grain, a block or a sector.
 *
 * Tables have a kind and are claimed first; data comes after them and only has a count. Memory follows what
 * is claimed, not what a header says: runs that are claimed once cost next to nothing, scattered units a
 * bit each, units claimed more often a byte and more. It is bounded: beyond the limit nothing is
 * added any more and interval_map_is_full() says so. */
#ifndef CONFORMANCE_FORMATS_INTERVAL_MAP_H
#define CONFORMANCE_FORMATS_INTERVAL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define INTERVAL_MAP_LIMIT_BYTES ((size_t)160 * 1024 * 1024)
#define INTERVAL_KIND_DATA       0 /* every other kind is a table's, named by the format */

struct interval_map; /* opaque */

/* What was there before a claim. */
struct interval_clash {
    uint64_t unit; /* the first one that was taken */
    unsigned kind; /* INTERVAL_KIND_DATA, or that of the table */
};

struct interval_map *interval_map_new(uint32_t unit_bytes, size_t limit_bytes);
void interval_map_free(struct interval_map *map); /* accepts NULL */

uint32_t interval_map_unit_bytes(const struct interval_map *map);
bool interval_map_is_full(const struct interval_map *map);

/* Claims all units that [offset, offset + length) touches for a table of `kind`. True when none of them was
 * taken; otherwise `ret_clash` tells. Either way they count as claimed once more; units that were a table's
 * before keep that kind. */
bool interval_map_claim_table(struct interval_map *map, unsigned kind, uint64_t offset, uint64_t length,
                              struct interval_clash *ret_clash);
/* Claims `count` units `times` times for data. True when none was taken; otherwise `ret_clash` tells of a
 * table if one is hit, else of data. */
bool interval_map_claim_data(struct interval_map *map, uint64_t unit, uint64_t count, uint32_t times,
                             struct interval_clash *ret_clash);

/* How often each of `count` units is claimed, at most UINT32_MAX. */
void interval_map_counts(const struct interval_map *map, uint64_t unit, size_t count, uint32_t *ret_counts);
uint32_t interval_map_count(const struct interval_map *map, uint64_t unit);
/* The kind of the table that a unit belongs to, INTERVAL_KIND_DATA when it is none's. */
unsigned interval_map_kind(const struct interval_map *map, uint64_t unit);
/* Gives a unit of a table another kind. */
void interval_map_set_kind(struct interval_map *map, uint64_t unit, unsigned kind);
/* The first claimed unit that is not before `unit`; false when there is none. */
bool interval_map_next(const struct interval_map *map, uint64_t unit, uint64_t *ret_unit);

DEFINE_CLEANUP(interval_map_free, struct interval_map *)

#endif
