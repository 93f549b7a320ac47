/* One mock server: what it is told at its start, and what it holds. */
#ifndef MOCK_MOCK_H
#define MOCK_MOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "mock/blob.h"
#include "mock/hashing.h"
#include "mock/rules.h"
#include "mock/store.h"
#include "mock/switches.h"
#include "mock/timers.h"

#define MOCK_STORES_MAX 16

struct mock_options {
    struct rules rules;
    struct switches switches;
    const char *stores[MOCK_STORES_MAX]; /* the first is the default; borrowed */
    size_t store_count;
    uint64_t memory_bytes;
    unsigned threads;
    bool admin; /* whether there is anything under /__mock/ */
};

struct mock {
    struct mock_options options;
    struct store *store;
    struct blob_budget budget;
    struct hash_pool *hashes;
    struct timers *timers;
};

void mock_init(struct mock *mock, const struct mock_options *options);
/* After the last exchange is over. */
void mock_fini(struct mock *mock);

static inline bool mock_obeys(const struct mock *mock, enum rule rule)
{
    return rule_holds(&mock->options.rules, rule);
}

#endif
