#include "mock/list_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/test/test_mock.h"

/* Images a to d of project p in this order, e of project q. */
static const struct {
    const char *name;
    const char *owner;
    const char *visibility;
    bool hidden;
} given[] = {
    {"a", "p", "private", false},   {"b", "p", "shared", false}, {"c", "p", "private", true},
    {"d", "q", "community", false}, {"e", "q", "public", false}, {"f", "q", "shared", false},
};

static const struct {
    const char *query;
    const char *names; /* of the images in their order; NULL: 400 */
} table[] = {
    {"", "eba"},
    {"name=a", "a"},
    {"name=in:a,b", "ba"},
    {"name=in:", ""},
    {"visibility=community", "d"},
    {"visibility=all", "edba"},
    {"os_hidden=true", "c"},
    {"os_hidden=false", "eba"},
    {"owner=q", "e"},
    {"status=queued", "eba"},
    {"status=active", ""},
    {"mine=x", ""},
    {"size_min=0", ""},
    {"sort_key=name&sort_dir=asc", "abe"},
    {"sort_key=name", "eba"},
    {"sort=name:asc", "abe"},
    {"sort=visibility:asc,name:desc", "aeb"},
    {"sort=status,name:asc", "abe"},
    {"limit=0", ""},
    {"limit=2", "eb"},
    {"limit=9999", "eba"},
    {"limit=-1", NULL},
    {"limit=x", NULL},
    {"limit=", NULL},
    {"visibility=secret", NULL},
    {"sort_key=secret", NULL},
    {"sort_dir=up", NULL},
    {"sort_dir=asc&sort_dir=asc", NULL},
    {"sort=name:up", NULL},
    {"sort=", NULL},
    {"sort=name,", NULL},
    {"size_max=x", NULL},
};

static void add(struct store *store, size_t i)
{
    char id[UUID_SIZE];
    json_t *attributes = attributes_default(given[i].owner);
    json_object_set_new(attributes, "name", json_string(given[i].name));
    json_object_set_new(attributes, "visibility", json_string(given[i].visibility));
    json_object_set_new(attributes, "os_hidden", json_boolean(given[i].hidden));
    uuid_make(id);
    ck_assert(store_add(store, image_seal(image_new(id, attributes))));
}

static void check_names(const struct listing *listing, const char *names)
{
    struct store *store = store_new();
    struct image **images;
    char found[TESTING_COUNT(given) + 1] = "";
    size_t count;
    for (size_t i = 0; i < TESTING_COUNT(given); i++)
        add(store, i);
    ck_assert(listing_page(listing, store, &images, &count));
    for (size_t i = 0; i < count; i++) {
        found[i] = *image_name(images[i]);
        image_unref(images[i]);
    }
    free(images);
    store_free(store);
    ck_assert_str_eq(found, names);
}

START_TEST(lists_what_is_asked_for)
{
    static const struct identity identity = {.project = "p", .member = true};
    CLEANUP(text) char *raw = mem_printf("/?%s", table[_i].query);
    struct target target;
    struct listing listing;
    struct refusal refusal = {0};
    ck_assert(target_parse(raw, &target));
    bool good = list_query_parse(&target, &identity, &listing, &refusal);
    ck_assert_msg(good == (table[_i].names != NULL), "%s", table[_i].query);
    ck_assert_int_eq(refusal.status, good ? 0 : 400);
    if (good)
        check_names(&listing, table[_i].names);
}
END_TEST

TCase *listing_tests(void)
{
    TCase *tests = tcase_create("listing");
    tcase_add_loop_test(tests, lists_what_is_asked_for, 0, TESTING_COUNT(table));
    return tests;
}
