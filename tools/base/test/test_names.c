#include "base/buf.h"
#include "base/nearest.h"
#include "base/percent.h"
#include "base/test/test_base.h"
#include "base/testing.h"
#include "base/uuid.h"

#include <string.h>

static const char *const names[] = {"upload", "download", "show", "delete", NULL};

static const struct {
    const char *written;
    const char *meant; /* NULL: nobody can tell */
} slips[] = {
    {"uplod", "upload"}, {"uplaod", "upload"}, {"shwo", "show"}, {"dwnload", "download"},
    {"show", "show"},    {"x", NULL},          {"", NULL},       {"reactivate", NULL},
};

START_TEST(finds_what_was_meant)
{
    ck_assert_pstr_eq(nearest_of(slips[_i].written, names), slips[_i].meant);
}
END_TEST

START_TEST(compares_no_endless_names)
{
    char name[4000];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_uint_eq(nearest_distance(name, "a"), SIZE_MAX);
    ck_assert_ptr_null(nearest_of(name, names));
}
END_TEST

static const struct {
    const char *encoded;
    const char *decoded; /* NULL: refused */
} decodings[] = {
    {"plain", "plain"}, {"a%3Ab", "a:b"}, {"%2f%2F", "//"}, {"a+b", "a+b"}, {"", ""},
    {"%", NULL},        {"%4", NULL},     {"%zz", NULL},    {"%00", NULL},  {"far too long for it", NULL},
};

START_TEST(decodes_percents)
{
    char out[16];
    const char *text = decodings[_i].encoded;
    bool decoded = percent_decode(text, strlen(text), false, out, sizeof out);
    ck_assert_msg(decoded == (decodings[_i].decoded != NULL), "%s", text);
    if (decoded)
        ck_assert_str_eq(out, decodings[_i].decoded);
}
END_TEST

START_TEST(encodes_what_is_reserved)
{
    struct buf out;
    buf_init(&out, BUF_KIB);
    percent_encode(&out, "a-b._~/ ?&\xff");
    ck_assert_str_eq(out.data, "a-b._~%2F%20%3F%26%FF");
    buf_fini(&out);
}
END_TEST

START_TEST(makes_uuids)
{
    char first[UUID_SIZE];
    char second[UUID_SIZE];
    for (int i = 0; i < 1000; i++) {
        uuid_make(first);
        uuid_make(second);
        ck_assert(uuid_is(first));
        ck_assert_str_ne(first, second);
        ck_assert_int_eq(first[14], '4'); /* the version: RFC 4122, section 4.1.3 */
    }
}
END_TEST

TCase *names_tests(void)
{
    TCase *tests = tcase_create("names");
    tcase_add_loop_test(tests, finds_what_was_meant, 0, TESTING_COUNT(slips));
    tcase_add_test(tests, compares_no_endless_names);
    tcase_add_loop_test(tests, decodes_percents, 0, TESTING_COUNT(decodings));
    tcase_add_test(tests, encodes_what_is_reserved);
    tcase_add_test(tests, makes_uuids);
    return tests;
}
