#include "mock/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/image_json.h"
#include "mock/test/test_mock.h"

#define ID "00000000-0000-4000-8000-000000000001"

static const struct rules obeyed;

/* Attributes that an image is given, besides the defaults. */
static const char *const table[] = {
    "{}",
    "{\"name\": \"x\"}",
    "{\"name\": \"\"}",
    "{\"name\": \"\\u0001\\b\\t\\n\\f\\r\\u001f \\\"\\\\/ \\u007f\"}",
    "{\"name\": \"\\u00e9 \\u20ac \\ud83d\\ude00\"}",
    "{\"owner\": null}",
    "{\"owner\": \"\"}",
    "{\"disk_format\": \"ploop\", \"container_format\": \"compressed\"}",
    "{\"visibility\": \"public\", \"protected\": true, \"os_hidden\": true}",
    "{\"min_disk\": 2147483647, \"min_ram\": 1}",
    "{\"tags\": [\"a\", \"b\"]}",
    "{\"tags\": [\"\"]}",
    "{\"tags\": [\"\", \"a\"], \"\": \"\"}",
    "{\"b\": \"2\", \"a\": \"\", \"\": \"empty\"}",
    "{\"name\": \"n\", \"tags\": [\"t\"], \"\\\"\": \"\\n\", \"name2\": \"name\"}",
};

static json_t *attributes_with(const char *text)
{
    json_t *attributes = attributes_default("p");
    json_t *changes = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(changes);
    json_object_update(attributes, changes);
    json_decref(changes);
    return attributes;
}

static json_t *show(const struct image *image, bool shows_stores)
{
    struct buf out;
    buf_init(&out, BUF_MIB);
    image_json(image, &obeyed, shows_stores, &out);
    json_t *shown = json_loadb(out.data, out.length, 0, NULL);
    ck_assert_msg(shown != NULL, "%s", out.data);
    buf_fini(&out);
    return shown;
}

START_TEST(attributes_are_kept)
{
    json_t *attributes = attributes_with(table[_i]);
    CLEANUP(image_unref) struct image *image = image_seal(image_new(ID, json_incref(attributes)));
    json_t *kept = image_attributes(image);
    ck_assert_msg(json_equal(kept, attributes), "%s", table[_i]);
    json_decref(kept);
    json_decref(attributes);
}
END_TEST

START_TEST(attributes_are_shown)
{
    json_t *wanted = attributes_with(table[_i]);
    CLEANUP(image_unref) struct image *image = image_seal(image_new(ID, json_incref(wanted)));
    json_t *shown = show(image, true);
    char created_at[CLOCK_ISO_SIZE];
    clock_iso(image_created_at_s(image), created_at);
    json_t *others =
        json_pack("{s:s, s:s, s:s, s:s, s:n, s:s, s:s, s:s, s:n, s:n, s:n, s:n}", "id", ID, "status",
                  "queued", "created_at", created_at, "updated_at", created_at, "virtual_size", "self",
                  "/v2/images/" ID, "file", "/v2/images/" ID "/file", "schema", "/v2/schemas/image", "size",
                  "checksum", "os_hash_algo", "os_hash_value");
    json_object_update(wanted, others);
    ck_assert_msg(json_equal(shown, wanted), "%s", table[_i]);
    json_decref(others);
    json_decref(shown);
    json_decref(wanted);
}
END_TEST

/* A size or a sum may be known without data: a client of the Images API v1 may announce them. */
START_TEST(what_is_known_is_shown)
{
    struct image_draft *draft = image_new(ID, attributes_default("p"));
    draft->status = IMAGE_KILLED;
    draft->size_known = true;
    draft->size = INT64_MAX;
    memcpy(draft->sums.md5, "0123", sizeof "0123");
    CLEANUP(image_unref) struct image *image = image_seal(draft);
    ck_assert(image_size_known(image));
    ck_assert_uint_eq(image_size(image), INT64_MAX);
    ck_assert_str_eq(image_md5(image), "0123");
    ck_assert_ptr_null(image_sha512(image));
    ck_assert_ptr_null(image_data(image));
    CLEANUP(image_unref) struct image *next = image_seal(image_revise(image));
    json_t *shown = show(next, true);
    ck_assert_str_eq(json_string_value(json_object_get(shown, "checksum")), "0123");
    ck_assert(json_is_null(json_object_get(shown, "os_hash_algo")));
    ck_assert_str_eq(json_string_value(json_object_get(shown, "status")), "killed");
    json_decref(shown);
}
END_TEST

static void share(struct image_draft *draft, const char *project, enum member_status status)
{
    image_share(draft, &(struct image_member){.project = project, .status = status, .can_share = true});
}

START_TEST(members_are_kept)
{
    struct image_draft *draft = image_new(ID, attributes_with("{\"tags\": [\"t\"], \"a\": \"b\"}"));
    share(draft, "q", MEMBER_PENDING);
    share(draft, "r", MEMBER_PENDING);
    share(draft, "s", MEMBER_REJECTED);
    share(draft, "q", MEMBER_ACCEPTED);
    CLEANUP(image_unref) struct image *image = image_seal(draft);
    ck_assert_uint_eq(image_member_count(image), 3);
    ck_assert_int_eq(image_member_of(image, "q")->status, MEMBER_ACCEPTED);
    ck_assert(image_member_of(image, "s")->can_share);
    ck_assert_ptr_null(image_member_of(image, "p"));

    draft = image_revise(image);
    ck_assert(image_unshare(draft, "q"));
    ck_assert(!image_unshare(draft, "q"));
    ck_assert(!image_unshare(draft, ""));
    CLEANUP(image_unref) struct image *next = image_seal(draft);
    ck_assert_uint_eq(image_member_count(next), 2);
    ck_assert_str_eq(image_member(next, 0)->project, "r");
    ck_assert_str_eq(image_member(next, 1)->project, "s");
    ck_assert_str_eq(image_next_tag(next, NULL), "t");
    ck_assert_str_eq(image_property(next, "a"), "b");
    ck_assert_uint_eq(image_member_count(image), 3);
}
END_TEST

static const struct {
    const char *owner, *visibility;
    const struct identity identity;
    bool readable, owned, writable;
} rights[] = {
    {"p", "private", {.project = "p", .member = true}, true, true, true},
    {"p", "private", {.project = "p"}, true, true, false},
    {"p", "private", {.project = "x", .admin = true, .member = true}, true, true, true},
    {"p", "public", {.project = "x", .member = true}, true, false, false},
    {"p", "community", {.project = ""}, true, false, false},
    {"p", "shared", {.project = "m", .member = true}, true, false, false},
    {"p", "private", {.project = "m", .member = true}, false, false, false},
    {"p", "shared", {.project = "x", .member = true}, false, false, false},
    {"p", "shared", {.project = ""}, false, false, false},
    {"", "shared", {.project = "", .member = true}, false, false, false},
};

START_TEST(rights_are_those_of_the_project)
{
    json_t *attributes = attributes_default(rights[_i].owner);
    json_object_set_new(attributes, "visibility", json_string(rights[_i].visibility));
    struct image_draft *draft = image_new(ID, attributes);
    share(draft, "m", MEMBER_PENDING);
    CLEANUP(image_unref) struct image *image = image_seal(draft);
    ck_assert_int_eq(image_readable(image, &rights[_i].identity), rights[_i].readable);
    ck_assert_int_eq(image_owned(image, &rights[_i].identity), rights[_i].owned);
    ck_assert_int_eq(image_writable(image, &rights[_i].identity), rights[_i].writable);
}
END_TEST

START_TEST(words_are_those_of_the_api)
{
    static const char *const no_words[] = {"", "ACTIVE", "active ", "gone"};
    enum image_status status = IMAGE_SAVING;
    enum image_visibility visibility = VISIBILITY_COMMUNITY;
    for (unsigned i = 0; i < IMAGE_STATUS_COUNT; i++) {
        ck_assert(image_status_parse(image_status_word((enum image_status)i), &status));
        ck_assert_uint_eq((unsigned)status, i);
    }
    for (int i = 0; i < TESTING_COUNT(no_words); i++) {
        ck_assert(!image_status_parse(no_words[i], &status));
        ck_assert(!image_visibility_parse(no_words[i], &visibility));
    }
    ck_assert_int_eq(visibility, VISIBILITY_COMMUNITY);
}
END_TEST

TCase *image_tests(void)
{
    TCase *tests = tcase_create("image");
    tcase_add_loop_test(tests, attributes_are_kept, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, attributes_are_shown, 0, TESTING_COUNT(table));
    tcase_add_test(tests, what_is_known_is_shown);
    tcase_add_test(tests, members_are_kept);
    tcase_add_loop_test(tests, rights_are_those_of_the_project, 0, TESTING_COUNT(rights));
    tcase_add_test(tests, words_are_those_of_the_api);
    return tests;
}
