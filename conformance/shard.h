/* Which part of a selection runs which case. */
#ifndef CONFORMANCE_SHARD_H
#define CONFORMANCE_SHARD_H

#include <stddef.h>

#include "conformance/spec/spec.h"

/* How long a case may be expected to take, in milliseconds on a subject at hand: what the suite tells of it
 * (exchanges, waits, sizes), nothing that was measured, so that every part divides in the same way. */
uint64_t shard_expected_ms(const struct spec_case *one);

/* The part of each case, from 1 to `shard_count`: owned array. The parts are even by expected time; the same
 * selection is always divided in the same way. */
size_t *shard_divide(const struct spec_case *const *cases, size_t count, size_t shard_count);

#endif
