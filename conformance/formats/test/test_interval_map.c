#include "conformance/formats/interval_map.h"

#include <stdlib.h>
#include <string.h>

#include "conformance/formats/test/test_formats.h"

#define UNIT   512
#define CHUNK  32768 /* units whose counts are held together */
#define UNITS  (3 * CHUNK)
#define KIND_A 1
#define KIND_B 2

static struct interval_map *map;

static void make_map(void)
{
    map = interval_map_new(UNIT, INTERVAL_MAP_LIMIT_BYTES);
}

static void free_map(void)
{
    interval_map_free(map);
}

START_TEST(a_free_unit_is_no_clash)
{
    struct interval_clash clash;
    ck_assert(interval_map_claim_table(map, KIND_A, 1000, 100, &clash)); /* units 1 and 2 */
    ck_assert(interval_map_claim_data(map, 3, 1, 1, &clash));
    ck_assert_uint_eq(interval_map_count(map, 0), 0);
    ck_assert_uint_eq(interval_map_count(map, 1), 1);
    ck_assert_uint_eq(interval_map_kind(map, 2), KIND_A);
    ck_assert_uint_eq(interval_map_kind(map, 3), INTERVAL_KIND_DATA);
}
END_TEST

START_TEST(a_clash_names_the_first_table)
{
    struct interval_clash clash;
    interval_map_claim_table(map, KIND_A, 10 * UNIT, UNIT, &clash);
    interval_map_claim_data(map, 5, 1, 1, &clash);
    ck_assert(!interval_map_claim_data(map, 4, 10, 1, &clash));
    ck_assert_uint_eq(clash.kind, KIND_A);
    ck_assert_uint_eq(clash.unit, 10);
    ck_assert(!interval_map_claim_table(map, KIND_B, 10 * UNIT, 1, &clash));
    ck_assert_uint_eq(clash.kind, KIND_A);
    ck_assert_uint_eq(interval_map_kind(map, 10), KIND_A);
    ck_assert_uint_eq(interval_map_count(map, 10), 3);
}
END_TEST

START_TEST(nothing_is_claimed_by_an_empty_table)
{
    struct interval_clash clash;
    uint64_t unit;
    ck_assert(interval_map_claim_table(map, KIND_A, 0, 0, &clash));
    ck_assert(!interval_map_next(map, 0, &unit));
}
END_TEST

START_TEST(counts_are_held_at_any_width)
{
    static const uint32_t times[] = {1, 2, 255, 256, 65536, UINT32_MAX, UINT32_MAX};
    struct interval_clash clash;
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        interval_map_claim_data(map, 7, 1, times[i], &clash);
        sum += times[i];
        ck_assert_uint_eq(interval_map_count(map, 7), sum > UINT32_MAX ? UINT32_MAX : sum);
        ck_assert_uint_eq(interval_map_count(map, 8), 0);
    }
}
END_TEST

START_TEST(next_finds_what_is_claimed)
{
    struct interval_clash clash;
    uint64_t unit;
    interval_map_claim_data(map, UINT64_C(1) << 40, 1, 1, &clash);
    interval_map_claim_data(map, 100, 1, 1, &clash);
    ck_assert(interval_map_next(map, 0, &unit) && unit == 100);
    ck_assert(interval_map_next(map, 101, &unit) && unit == UINT64_C(1) << 40);
    ck_assert(!interval_map_next(map, unit + 1, &unit));
}
END_TEST

/* The same claims in an array of counts. */
START_TEST(random_claims_agree_with_an_array)
{
    uint32_t *wanted = calloc(UNITS, sizeof *wanted);
    uint32_t *found = calloc(UNITS, sizeof *found);
    unsigned state = (unsigned)_i + 1;
    for (int claim = 0; claim < 300; claim++) {
        uint64_t unit = (uint64_t)rand_r(&state) % UNITS;
        uint64_t count = (uint64_t)rand_r(&state) % (claim % 10 == 0 ? CHUNK * 2 : 200);
        uint32_t times = claim % 7 == 0 ? 1 + (uint32_t)rand_r(&state) % 300 : 1;
        struct interval_clash clash;
        bool clashes = false;
        count = count < UNITS - unit ? count : UNITS - unit;
        for (uint64_t i = unit; i < unit + count; i++) {
            clashes = clashes || wanted[i] > 0;
            wanted[i] += times;
        }
        ck_assert(interval_map_claim_data(map, unit, count, times, &clash) == !clashes);
    }
    interval_map_counts(map, 0, UNITS, found);
    ck_assert_mem_eq(found, wanted, UNITS * sizeof *found);
    free(wanted);
    free(found);
}
END_TEST

START_TEST(a_full_chunk_takes_further_claims)
{
    struct interval_clash clash;
    ck_assert(interval_map_claim_data(map, 0, 2 * CHUNK, 1, &clash));
    ck_assert(!interval_map_claim_data(map, CHUNK - 1, 2, 1, &clash));
    ck_assert_uint_eq(clash.unit, CHUNK - 1);
    ck_assert_uint_eq(interval_map_count(map, CHUNK - 2), 1);
    ck_assert_uint_eq(interval_map_count(map, CHUNK - 1), 2);
    ck_assert_uint_eq(interval_map_count(map, CHUNK), 2);
}
END_TEST

START_TEST(memory_is_bounded)
{
    struct interval_map *small = interval_map_new(UNIT, 1024 * 1024);
    struct interval_clash clash;
    for (uint64_t i = 0; i < 100000; i++)
        interval_map_claim_data(small, i * CHUNK, 1, 1, &clash);
    ck_assert(interval_map_is_full(small));
    ck_assert_uint_eq(interval_map_count(small, 0), 1);
    ck_assert_uint_eq(interval_map_count(small, UINT64_C(99999) * CHUNK), 0);
    interval_map_free(small);
    ck_assert(!interval_map_is_full(map));
}
END_TEST

START_TEST(a_claim_of_everything_ends)
{
    struct interval_map *small = interval_map_new(UNIT, 1024 * 1024);
    struct interval_clash clash;
    interval_map_claim_data(small, 5, UINT64_MAX, 1, &clash);
    ck_assert(interval_map_is_full(small));
    interval_map_free(small);
}
END_TEST

TCase *interval_map_tests(void)
{
    TCase *tests = tcase_create("interval_map");
    tcase_add_checked_fixture(tests, make_map, free_map);
    tcase_add_test(tests, a_free_unit_is_no_clash);
    tcase_add_test(tests, a_clash_names_the_first_table);
    tcase_add_test(tests, nothing_is_claimed_by_an_empty_table);
    tcase_add_test(tests, counts_are_held_at_any_width);
    tcase_add_test(tests, next_finds_what_is_claimed);
    tcase_add_loop_test(tests, random_claims_agree_with_an_array, 0, 5);
    tcase_add_test(tests, a_full_chunk_takes_further_claims);
    tcase_add_test(tests, memory_is_bounded);
    tcase_add_test(tests, a_claim_of_everything_ends);
    return tests;
}
