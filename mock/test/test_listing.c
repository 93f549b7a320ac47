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
    const char *names; /* of the images in their order; "?": no such marker; NULL: 400 */
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
    {"owner=p", "ba"},
    {"owner=q&visibility=all", "ed"},
    {"owner=q&owner=p", ""},
    {"owner=", ""},
    {"name=a&name=b", ""},
    {"name=f", ""},
    {"visibility=private", "a"},
    {"visibility=shared", "b"},
    {"os_hidden=true&owner=q", ""},
    {"status=no-status", ""},
    {"sort_key=created_at&sort_dir=asc", "abe"},
    {"sort=created_at:asc,name:desc", "abe"},
    {"sort_key=status&sort_key=visibility&sort_key=name&sort_dir=asc", "aeb"},
    {"sort_key=name&sort_key=status&sort_dir=asc&sort_dir=desc", "abe"},
    {"sort=name:asc&limit=2", "ab"},
    {"marker=00000000-0000-4000-8000-000000000000", "?"},
    {"marker=", "?"},
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
    bool marked = listing_page(listing, store, &images, &count);
    ck_assert_int_eq(marked, strcmp(names, "?") != 0);
    for (size_t i = 0; marked && i < count; i++) {
        found[i] = *image_name(images[i]);
        image_unref(images[i]);
    }
    if (marked)
        free(images);
    store_free(store);
    ck_assert_str_eq(marked ? found : "?", names);
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

/* Lists of one image of project q, for somebody of project p. */
static const struct {
    const char *what;
    const char *visibility;
    enum member_status membership; /* of p */
    bool member, admin, deleted;   /* whether it is, whether p's is an administrator, whether it was */
    bool asks_deleted, asks_all_members;
    int64_t changed_since_s;
    bool listed, marks; /* in the list; known as a marker */
} cases[] = {
    {"public", "public", .listed = true, .marks = true},
    {"private", "private", .listed = false, .marks = false},
    {"private, for an administrator", "private", .admin = true, .listed = true, .marks = true},
    {"accepted", "shared", MEMBER_ACCEPTED, .member = true, .listed = true, .marks = true},
    {"pending", "shared", MEMBER_PENDING, .member = true, .listed = false, .marks = true},
    {"rejected", "shared", MEMBER_REJECTED, .member = true, .listed = false, .marks = true},
    {"pending, asked for", "shared", MEMBER_PENDING, .member = true, .asks_all_members = true, .listed = true,
     .marks = true},
    {"pending, for an administrator", "shared", MEMBER_PENDING, .member = true, .admin = true, .listed = true,
     .marks = true},
    {"a private one's member", "private", MEMBER_ACCEPTED, .member = true, .listed = false, .marks = false},
    {"a community one's member", "community", MEMBER_ACCEPTED, .member = true, .listed = false,
     .marks = true},
    {"shared with others", "shared", .listed = false, .marks = false},
    {"deleted", "public", .deleted = true, .listed = false, .marks = false},
    {"deleted, asked for", "public", .deleted = true, .asks_deleted = true, .listed = true, .marks = true},
    {"deleted and shared", "shared", MEMBER_ACCEPTED, .member = true, .deleted = true, .asks_deleted = true,
     .listed = true, .marks = true},
    {"changed since", "public", .changed_since_s = 1, .listed = true, .marks = true},
    {"not changed since", "public", .changed_since_s = INT64_MAX, .listed = false, .marks = true},
};

static void add_case(struct store *store, int i, char id[static UUID_SIZE])
{
    json_t *attributes = attributes_default("q");
    json_object_set_new(attributes, "visibility", json_string(cases[i].visibility));
    uuid_make(id);
    struct image_draft *draft = image_new(id, attributes);
    if (cases[i].member)
        image_share(draft, &(struct image_member){.project = "p", .status = cases[i].membership});
    ck_assert(store_add(store, image_seal(draft)));
    CLEANUP(image_unref) struct image *image = store_get(store, id);
    ck_assert(!cases[i].deleted || store_remove(store, image));
}

START_TEST(others_images_are_listed_or_not)
{
    const struct identity identity = {.project = "p", .admin = cases[_i].admin, .member = true};
    struct store *store = store_new();
    struct listing listing;
    struct image **images;
    char id[UUID_SIZE];
    size_t count;
    add_case(store, _i, id);
    listing_init(&listing, &identity, 10);
    listing.deleted = cases[_i].asks_deleted;
    listing.changed_since_s = cases[_i].changed_since_s;
    if (cases[_i].asks_all_members)
        listing.member_statuses = ~0u;
    ck_assert(listing_page(&listing, store, &images, &count));
    ck_assert_msg(count == cases[_i].listed, "%s", cases[_i].what);
    for (size_t i = 0; i < count; i++)
        image_unref(images[i]);
    free(images);
    listing.marker = id;
    bool marks = listing_page(&listing, store, &images, &count);
    ck_assert_msg(marks == cases[_i].marks, "%s", cases[_i].what);
    ck_assert_uint_eq(marks ? count : 0, 0);
    if (marks)
        free(images);
    store_free(store);
}
END_TEST

START_TEST(a_list_has_bounds)
{
    static const struct identity identity = {.project = "p"};
    struct listing listing;
    listing_init(&listing, &identity, 1);
    for (size_t i = 0; i < LISTING_SORTS_MAX; i++)
        ck_assert(listing_sort_by(&listing, "name", strlen("name"), true));
    ck_assert(!listing_sort_by(&listing, "name", strlen("name"), true));
    for (size_t i = 0; i < TARGET_QUERIES_MAX; i++)
        ck_assert(listing_require(&listing, filter_text, "name", "a"));
    ck_assert(!listing_require(&listing, filter_text, "name", "a"));
}
END_TEST

TCase *listing_tests(void)
{
    TCase *tests = tcase_create("listing");
    tcase_add_loop_test(tests, lists_what_is_asked_for, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, others_images_are_listed_or_not, 0, TESTING_COUNT(cases));
    tcase_add_test(tests, a_list_has_bounds);
    return tests;
}
