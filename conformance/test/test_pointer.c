#include "base/testing.h"
#include "conformance/match/pointer.h"
#include "conformance/test/test_judge.h"

/* The document and the pointers of RFC 6901, section 5, and some that lead nowhere. */
static const char document[] =
    "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"m~n\": 8, \"k\": {\"l\": 9}}";

static const struct {
    const char *pointer;
    const char *found; /* as JSON; NULL: nothing */
} table[] = {
    {"/foo", "[\"bar\",\"baz\"]"},
    {"/foo/0", "\"bar\""},
    {"/", "0"},
    {"/a~1b", "1"},
    {"/c%d", "2"},
    {"/m~0n", "8"},
    {"/k/l", "9"},
    {"/foo/2", NULL},
    {"/foo/00", NULL},
    {"/foo/-1", NULL},
    {"/foo/x", NULL},
    {"/k/l/m", NULL},
    {"/none", NULL},
};

START_TEST(finds)
{
    json_t *json = json_loads(document, 0, NULL);
    json_t *value = pointer_get(json, table[_i].pointer);
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    ck_assert(pointer_valid(table[_i].pointer));
    ck_assert_pstr_eq(text, table[_i].found);
    free(text);
    json_decref(json);
}
END_TEST

static const char *const invalid[] = {"foo", "foo/bar", "/a~", "/a~2b", "0"};

START_TEST(knows_what_is_none)
{
    ck_assert_msg(!pointer_valid(invalid[_i]), "%s", invalid[_i]);
}
END_TEST

TCase *tests_of_pointer(void)
{
    TCase *tests = tcase_create("pointer");
    tcase_add_loop_test(tests, finds, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, knows_what_is_none, 0, TESTING_COUNT(invalid));
    return tests;
}
