#include "mock/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/test/test_mock.h"

#define ID "00000000-0000-4000-8000-000000000001"

static struct image *make(const char *id)
{
    return image_seal(image_new(id, attributes_default("p")));
}

static struct image *next(const struct image *image)
{
    return image_seal(image_revise(image));
}

START_TEST(an_id_is_used_once)
{
    struct store *store = store_new();
    ck_assert(store_add(store, make(ID)));
    ck_assert(!store_add(store, make(ID)));
    CLEANUP(image_unref) struct image *image = store_get(store, ID);
    ck_assert(store_remove(store, image));
    ck_assert_ptr_null(store_get(store, ID));
    ck_assert(!store_add(store, make(ID)));
    ck_assert_uint_eq(store_count(store), 0);
    store_free(store);
}
END_TEST

START_TEST(only_what_is_there_is_replaced)
{
    struct store *store = store_new();
    ck_assert(store_add(store, make(ID)));
    CLEANUP(image_unref) struct image *first = store_get(store, ID);
    ck_assert(store_replace(store, first, next(first)));
    ck_assert(!store_replace(store, first, next(first)));
    ck_assert(!store_remove(store, first));
    CLEANUP(image_unref) struct image *second = store_get(store, ID);
    ck_assert(store_remove(store, second));
    ck_assert(!store_replace(store, second, next(second)));
    store_put(store, next(second));
    ck_assert_uint_eq(store_count(store), 1);
    store_free(store);
}
END_TEST

START_TEST(all_are_found)
{
    struct store *store = store_new();
    char id[UUID_SIZE];
    size_t count;
    for (int i = 0; i < 200; i++) {
        uuid_make(id);
        ck_assert(uuid_is(id));
        ck_assert(store_add(store, make(id)));
    }
    struct image *images[200];
    const struct selection all = {.status = IMAGE_STATUS_COUNT, .visibilities = 1u << VISIBILITY_SHARED};
    count = store_select(store, &all, 1, 0, true, images, 200);
    ck_assert_uint_eq(count, 200);
    ck_assert_uint_eq(store_count(store), 200);
    for (size_t i = 0; i < count; i++)
        image_unref(images[i]);
    store_free(store);
}
END_TEST

static const char *const no_uuids[] = {
    "",
    "0",
    "00000000-0000-4000-8000-00000000000",
    "00000000-0000-4000-8000-0000000000011",
    "00000000-0000-4000-8000-00000000000g",
    "00000000_0000_4000_8000_000000000001",
};

START_TEST(a_uuid_is_recognised)
{
    ck_assert(uuid_is(ID));
    ck_assert_msg(!uuid_is(no_uuids[_i]), "%s", no_uuids[_i]);
}
END_TEST

TCase *store_tests(void)
{
    TCase *tests = tcase_create("store");
    tcase_add_test(tests, an_id_is_used_once);
    tcase_add_test(tests, only_what_is_there_is_replaced);
    tcase_add_test(tests, all_are_found);
    tcase_add_loop_test(tests, a_uuid_is_recognised, 0, TESTING_COUNT(no_uuids));
    return tests;
}
