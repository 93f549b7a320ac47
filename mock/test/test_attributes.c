#include "mock/attributes.h"

#include <string.h>

#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *name;
    const char *value; /* JSON */
    bool valid;
} table[] = {
    {"name", "\"x\"", true},
    {"name", "null", true},
    {"min_disk", "0", true},
    {"min_ram", "2147483647", true},
    {"tags", "[]", true},
    {"tags", "[\"b\", \"a\", \"b\"]", true},
    {"protected", "true", true},
    {"disk_format", "\"qcow2\"", true},
    {"disk_format", "null", true},
    {"container_format", "\"bare\"", true},
    {"visibility", "\"community\"", true},
    {"id", "\"00000000-0000-4000-8000-000000000001\"", true},
    {"mine", "\"\"", true},
    {"name", "1", false},
    {"name", "[]", false},
    {"min_disk", "-1", false},
    {"min_disk", "2147483648", false},
    {"min_disk", "1.5", false},
    {"min_disk", "\"1\"", false},
    {"min_disk", "null", false},
    {"tags", "\"a\"", false},
    {"tags", "[1]", false},
    {"tags", "null", false},
    {"protected", "\"true\"", false},
    {"protected", "1", false},
    {"os_hidden", "null", false},
    {"disk_format", "\"QCOW2\"", false},
    {"disk_format", "\"\"", false},
    {"container_format", "\"box\"", false},
    {"visibility", "null", false},
    {"visibility", "\"\"", false},
    {"id", "\"7\"", false},
    {"id", "null", false},
    {"mine", "null", false},
    {"mine", "1", false},
    {"mine", "{}", false},
};

START_TEST(a_value_is_valid_or_not)
{
    struct refusal refusal = {0};
    json_t *value = json_loads(table[_i].value, JSON_DECODE_ANY, NULL);
    bool valid = attribute_valid(table[_i].name, value, &refusal);
    ck_assert_msg(valid == table[_i].valid, "%s: %s", table[_i].name, table[_i].value);
    ck_assert_int_eq(refusal.status, valid ? 0 : 400);
    json_decref(value);
}
END_TEST

static const struct {
    const char *name;
    size_t length; /* in characters of two bytes */
    bool valid;
} lengths[] = {
    {"name", 255, true},
    {"name", 256, false},
    {"mine", 65535, true},
    {"mine", 65536, false},
};

START_TEST(lengths_count_characters)
{
    static char text[2 * 65536 + 1];
    struct refusal refusal;
    for (size_t i = 0; i < lengths[_i].length; i++)
        memcpy(text + 2 * i, "\xc3\xa4", 2);
    text[2 * lengths[_i].length] = '\0';
    json_t *value = json_string(text);
    ck_assert_int_eq(attribute_valid(lengths[_i].name, value, &refusal), lengths[_i].valid);
    json_decref(value);
}
END_TEST

START_TEST(tags_are_a_set)
{
    json_t *attributes = attributes_default(NULL);
    json_t *tags = json_loads("[\"b\", \"a\", \"b\"]", 0, NULL);
    json_t *wanted = json_loads("[\"a\", \"b\"]", 0, NULL);
    attribute_set(attributes, "tags", tags);
    ck_assert(json_equal(json_object_get(attributes, "tags"), wanted));
    json_decref(wanted);
    json_decref(tags);
    json_decref(attributes);
}
END_TEST

static const struct {
    const char *name;
    const char *value;
    bool member_may;
} permissions[] = {
    {"visibility", "community", true},
    {"visibility", "public", false},
    {"owner", "p", true},
    {"owner", "q", false},
};

START_TEST(some_things_are_for_administrators)
{
    struct identity member = {.project = "p", .member = true};
    struct identity admin = {.project = "p", .member = true, .admin = true};
    struct refusal refusal = {0};
    json_t *before = attributes_default("p");
    json_t *after = attributes_default("p");
    json_object_set_new(after, permissions[_i].name, json_string(permissions[_i].value));
    ck_assert(attributes_permitted(before, after, &admin, &refusal));
    ck_assert_int_eq(attributes_permitted(before, after, &member, &refusal), permissions[_i].member_may);
    ck_assert_int_eq(refusal.status, permissions[_i].member_may ? 0 : 403);
    json_decref(before);
    json_decref(after);
}
END_TEST

START_TEST(quotas_are_inclusive)
{
    struct refusal refusal = {0};
    json_t *attributes = attributes_default("p");
    json_object_set_new(attributes, "a", json_string(""));
    json_array_append_new(json_object_get(attributes, "tags"), json_string("t"));
    ck_assert(attributes_within(attributes, 1, 1, &refusal));
    ck_assert(!attributes_within(attributes, 0, 1, &refusal));
    ck_assert_int_eq(refusal.status, 413);
    ck_assert(!attributes_within(attributes, 1, 0, &refusal));
    json_decref(attributes);
}
END_TEST

TCase *attributes_tests(void)
{
    TCase *tests = tcase_create("attributes");
    tcase_add_loop_test(tests, a_value_is_valid_or_not, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, lengths_count_characters, 0, TESTING_COUNT(lengths));
    tcase_add_loop_test(tests, some_things_are_for_administrators, 0, TESTING_COUNT(permissions));
    tcase_add_test(tests, tags_are_a_set);
    tcase_add_test(tests, quotas_are_inclusive);
    return tests;
}
