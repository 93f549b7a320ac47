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
    ck_assert(store_put(store, next(second)));
    ck_assert_uint_eq(store_count(store), 1);
    store_free(store);
}
END_TEST

START_TEST(nothing_is_put_where_nothing_was)
{
    struct store *store = store_new();
    CLEANUP(image_unref) struct image *image = make(ID);
    ck_assert(!store_put(store, next(image)));
    ck_assert(!store_replace(store, image, next(image)));
    ck_assert(!store_remove(store, image));
    ck_assert_ptr_null(store_find(store, ID));
    ck_assert_uint_eq(store_count(store), 0);
    store_free(store);
}
END_TEST

START_TEST(a_deleted_image_is_remembered)
{
    struct store *store = store_new();
    ck_assert(store_add(store, make(ID)));
    CLEANUP(image_unref) struct image *image = store_get(store, ID);
    ck_assert(store_remove(store, image));
    ck_assert_ptr_null(store_get(store, ID));
    CLEANUP(image_unref) struct image *deleted = store_find(store, ID);
    ck_assert_int_eq(image_status(deleted), IMAGE_DELETED);
    ck_assert_int_ge(image_deleted_at_s(deleted), image_created_at_s(image));
    ck_assert_uint_eq(image_number(deleted), image_number(image));
    ck_assert(!image_deleted(image));
    store_free(store);
}
END_TEST

static size_t count_selected(struct store *store, const struct selection *selection, size_t size)
{
    struct image *images[STORE_SELECT_MAX];
    uint64_t last = 0;
    size_t count = store_select(store, selection, 1, 0, true, images, size);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_gt(image_number(images[i]), last);
        last = image_number(images[i]);
        image_unref(images[i]);
    }
    return count;
}

static const struct {
    struct selection selection;
    size_t count;
} selections[] = {
    {{.status = IMAGE_STATUS_COUNT, .visibilities = 1u << VISIBILITY_SHARED}, 200},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = 1u << VISIBILITY_SHARED, .owner = "p"}, 200},
    {{.status = IMAGE_QUEUED, .visibilities = ~0u}, 200},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = ~0u, .deleted = true}, 201},
    {{.status = IMAGE_DELETED, .visibilities = ~0u, .deleted = true}, 1},
    {{.status = IMAGE_DELETED, .visibilities = ~0u}, 0},
    {{.status = IMAGE_ACTIVE, .visibilities = ~0u}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = 1u << VISIBILITY_PUBLIC}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = ~0u, .owner = "q"}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = ~0u, .owner = ""}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = ~0u, .member = "p"}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = ~0u, .name = ""}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = ~0u, .hidden = true}, 0},
    {{.status = IMAGE_STATUS_COUNT, .visibilities = 0}, 0},
};

START_TEST(what_is_selected_is_found)
{
    struct store *store = store_new();
    char id[UUID_SIZE];
    for (int i = 0; i < 201; i++) {
        uuid_make(id);
        ck_assert(store_add(store, make(id)));
    }
    CLEANUP(image_unref) struct image *last = store_get(store, id);
    ck_assert(store_remove(store, last));
    ck_assert_uint_eq(store_count(store), 200);
    size_t count = selections[_i].count;
    ck_assert_uint_eq(count_selected(store, &selections[_i].selection, STORE_SELECT_MAX), count);
    ck_assert_uint_eq(count_selected(store, &selections[_i].selection, 7), count < 7 ? count : 7);
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
    tcase_add_test(tests, nothing_is_put_where_nothing_was);
    tcase_add_test(tests, a_deleted_image_is_remembered);
    tcase_add_loop_test(tests, what_is_selected_is_found, 0, TESTING_COUNT(selections));
    tcase_add_loop_test(tests, a_uuid_is_recognised, 0, TESTING_COUNT(no_uuids));
    return tests;
}
