#include "mock/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/test/test_mock.h"

static const struct rules obeyed;

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
    {"limit=0", "eba"},
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

static struct image *make(size_t i)
{
    char id[UUID_SIZE];
    json_t *attributes = attributes_default(given[i].owner);
    json_object_set_new(attributes, "name", json_string(given[i].name));
    json_object_set_new(attributes, "visibility", json_string(given[i].visibility));
    json_object_set_new(attributes, "os_hidden", json_boolean(given[i].hidden));
    uuid_make(id);
    struct image *image = image_new(id, attributes);
    image_seal(image, &obeyed, false);
    return image;
}

static void check_names(const struct listing *listing, const char *names)
{
    static const struct identity identity = {.project = "p", .member = true};
    struct image *images[TESTING_COUNT(given)];
    char found[TESTING_COUNT(given) + 1] = "";
    size_t count = 0;
    for (size_t i = 0; i < TESTING_COUNT(given); i++) {
        struct image *image = make(i);
        if (listing_has(listing, image, &identity))
            images[count++] = image;
        else
            image_unref(image);
    }
    listing_sort(listing, images, count);
    for (size_t i = 0; i < count; i++) {
        found[i] = *image_text(images[i], "name");
        image_unref(images[i]);
    }
    ck_assert_str_eq(found, names);
}

START_TEST(lists_what_is_asked_for)
{
    CLEANUP(text) char *raw = mem_printf("/?%s", table[_i].query);
    struct target target;
    struct listing listing;
    struct refusal refusal = {0};
    ck_assert(target_parse(raw, &target));
    bool good = listing_parse(&target, &listing, &refusal);
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
