#include "conformance/shard.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/number.h"

/* What things take on a subject in the same machine; only their proportion matters. */
#define EXCHANGE_MS  2
#define BYTES_FOR_MS ((uint64_t)200000)
#define UNTIL_MS     100               /* of a step that waits for something to happen */
#define STATE_MS     (2 * EXCHANGE_MS) /* a limit or condition is entered and left */

static uint64_t body_ms(const struct spec_body *body)
{
    uint64_t size;
    bool told = body->kind == SPEC_BODY_GENERATED && body->size && number_parse_size(body->size, &size);
    return told ? size / BYTES_FOR_MS : 0;
}

static uint64_t step_ms(const struct spec_step *step)
{
    uint64_t ms = step->wait_ms + step->cleanup_count * EXCHANGE_MS;
    if (step->kind == SPEC_STEP_SEND || step->kind == SPEC_STEP_FETCH || step->kind == SPEC_STEP_OPEN)
        ms += EXCHANGE_MS + body_ms(&step->send.body);
    return ms + (step->until_within_ms > 0 ? UNTIL_MS : 0);
}

static uint64_t steps_ms(const struct spec_step *steps, size_t count)
{
    uint64_t ms = 0;
    for (size_t i = 0; i < count; i++)
        ms += step_ms(&steps[i]);
    return ms;
}

uint64_t shard_expected_ms(const struct spec_case *one)
{
    uint64_t ms = steps_ms(one->parts->steps, one->parts->step_count);
    for (size_t i = 0; i < one->parts->given_count; i++) {
        for (const struct spec_given *given = one->parts->givens[i].given; given; given = given->after)
            ms += steps_ms(given->steps, given->step_count);
    }
    return ms + (one->parts->needs.limit_count + one->parts->needs.condition_count) * STATE_MS;
}

struct weight {
    size_t index;
    uint64_t ms;
};

/* The longest first; of equals the first of the suite. */
static int compare_weights(const void *left, const void *right)
{
    const struct weight *a = left;
    const struct weight *b = right;
    if (a->ms != b->ms)
        return a->ms < b->ms ? 1 : -1;
    return (a->index > b->index) - (a->index < b->index);
}

static size_t lightest(const uint64_t *loads_ms, size_t count)
{
    size_t found = 0;
    for (size_t i = 1; i < count; i++) {
        if (loads_ms[i] < loads_ms[found])
            found = i;
    }
    return found;
}

size_t *shard_divide(const struct spec_case *const *cases, size_t count, size_t shard_count)
{
    struct weight *weights = mem_alloc((count + 1) * sizeof *weights);
    uint64_t *loads_ms = mem_alloc(shard_count * sizeof *loads_ms);
    size_t *shards = mem_alloc((count + 1) * sizeof *shards);
    for (size_t i = 0; i < count; i++)
        weights[i] = (struct weight){i, shard_expected_ms(cases[i])};
    qsort(weights, count, sizeof *weights, compare_weights);
    for (size_t i = 0; i < count; i++) {
        size_t shard = lightest(loads_ms, shard_count);
        loads_ms[shard] += weights[i].ms;
        shards[weights[i].index] = shard + 1;
    }
    free(weights);
    free(loads_ms);
    return shards;
}
