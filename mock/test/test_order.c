#include "mock/order.h"

#include <stdlib.h>

#include "base/testing.h"
#include "mock/test/test_mock.h"

#define PLACES 200
#define STEPS  2000

static const char *const names[] = {NULL, "", "a", "b", "ba"};

struct item {
    struct order_node node;
    struct place place;
    bool there;
};

/* Every item has a number of its own, in a sequence that has nothing to do with its group. */
static void make_items(struct item items[static PLACES], unsigned *seed)
{
    for (size_t i = 0; i < PLACES; i++)
        items[i] = (struct item){.place = {.number = i + 1,
                                           .name = names[rand_r(seed) % TESTING_COUNT(names)],
                                           .status = (uint8_t)(rand_r(seed) % 3),
                                           .class = (uint8_t)(rand_r(seed) % 3)}};
}

static void check_reading(enum order_kind kind, const struct order *order, const struct item *items,
                          unsigned *seed)
{
    const struct place *found[PLACES];
    struct place after = items[rand_r(seed) % PLACES].place;
    bool ascending = rand_r(seed) % 2;
    size_t size = (size_t)rand_r(seed) % PLACES;
    size_t count = order_read(kind, order, &after, ascending, found, size);
    size_t wanted = 0;
    for (size_t n = 0; n < PLACES && wanted < size; n++) {
        const struct item *item = &items[ascending ? n : PLACES - 1 - n];
        bool beyond = ascending ? item->place.number > after.number : item->place.number < after.number;
        if (!item->there || !beyond || !place_same_group(kind, &item->place, &after))
            continue;
        ck_assert_uint_lt(wanted, count);
        ck_assert_ptr_eq(found[wanted++], &item->place);
    }
    ck_assert_uint_eq(count, wanted);
}

/* Items come and go, and everything read is what looking at each item finds. */
START_TEST(reads_what_a_scan_finds)
{
    enum order_kind kind = (enum order_kind)_i;
    unsigned seed = (unsigned)_i + 1;
    struct item items[PLACES];
    struct order order = {NULL};
    make_items(items, &seed);
    for (size_t step = 0; step < STEPS; step++) {
        struct item *item = &items[rand_r(&seed) % PLACES];
        if (item->there)
            order_remove(kind, &order, &item->node);
        else
            order_insert(kind, &order, &item->node, &item->place);
        item->there = !item->there;
        check_reading(kind, &order, items, &seed);
    }
}
END_TEST

static size_t height(const struct order_node *node)
{
    if (!node)
        return 0;
    size_t left = height(node->left);
    size_t right = height(node->right);
    return 1 + (left > right ? left : right);
}

/* Numbers come in their sequence, which would make a list of a tree that is not balanced. */
START_TEST(stays_flat)
{
    enum {
        COUNT = 100000
    };
    struct item *items = calloc(COUNT, sizeof *items);
    struct order order = {NULL};
    ck_assert_ptr_nonnull(items);
    for (size_t i = 0; i < COUNT; i++) {
        items[i].place.number = i + 1;
        order_insert(ORDER_BY_NUMBER, &order, &items[i].node, &items[i].place);
    }
    ck_assert_uint_lt(height(order.root), 60);
    free(items);
}
END_TEST

static const struct {
    struct place left, right;
    bool same[ORDER_KIND_COUNT];
} groups[] = {
    {{.number = 1}, {.number = 2}, {true, true, true}},
    {{.status = 1}, {.status = 2}, {true, false, true}},
    {{.class = 1}, {.class = 2}, {false, false, false}},
    {{.name = "a"}, {.name = "b"}, {true, true, false}},
    {{.name = NULL}, {.name = ""}, {true, true, false}},
    {{.name = "a"}, {.name = NULL}, {true, true, false}},
    {{.name = "a"}, {.name = (const char[]){"a"}}, {true, true, true}},
};

START_TEST(tells_groups_apart)
{
    for (unsigned kind = 0; kind < ORDER_KIND_COUNT; kind++)
        ck_assert_int_eq(place_same_group((enum order_kind)kind, &groups[_i].left, &groups[_i].right),
                         groups[_i].same[kind]);
}
END_TEST

TCase *order_tests(void)
{
    TCase *tests = tcase_create("order");
    tcase_add_loop_test(tests, reads_what_a_scan_finds, 0, ORDER_KIND_COUNT);
    tcase_add_test(tests, stays_flat);
    tcase_add_loop_test(tests, tells_groups_apart, 0, TESTING_COUNT(groups));
    return tests;
}
