#include "base/err.h"

#include <errno.h>
#include <string.h>

#include "base/test/test_base.h"

START_TEST(the_first_error_wins)
{
    struct err err = ERR_INIT;
    ck_assert(!err_set(&err, ERR_SYNTAX, "first %d", 1));
    ck_assert(!err_set(&err, ERR_VALUE, "second"));
    ck_assert_int_eq(err.code, ERR_SYNTAX);
    ck_assert_str_eq(err.text, "first 1");
    err_reset(&err);
    err_set(&err, ERR_VALUE, "third");
    ck_assert_str_eq(err.text, "third");
}
END_TEST

START_TEST(nobody_has_to_listen)
{
    ck_assert(!err_set(NULL, ERR_IO, "lost"));
    err_prefix(NULL, "more");
    err_reset(NULL);
}
END_TEST

START_TEST(formats_what_is_known_of_the_place)
{
    char out[128];
    struct err err = ERR_INIT;
    err_set_at(&err, ERR_SYNTAX, "a.yaml", 3, 9, "expected a mapping");
    ck_assert_str_eq(err_format(&err, out, sizeof out), "a.yaml:3:9: expected a mapping");
    err.column = 0;
    ck_assert_str_eq(err_format(&err, out, sizeof out), "a.yaml:3: expected a mapping");
    err.line = 0;
    ck_assert_str_eq(err_format(&err, out, sizeof out), "a.yaml: expected a mapping");
}
END_TEST

START_TEST(prefixes_and_system_errors_read_as_one_sentence)
{
    struct err err = ERR_INIT;
    errno = ENOENT;
    err_set_errno(&err, "cannot open '%s'", "x");
    err_prefix(&err, "loading");
    ck_assert_str_eq(err.text, "loading: cannot open 'x': No such file or directory");
}
END_TEST

START_TEST(an_overlong_source_keeps_its_end)
{
    char path[2000];
    memset(path, 'd', sizeof path);
    memcpy(path + sizeof path - 11, "/file.yaml", 11);
    struct err err = ERR_INIT;
    err_set_at(&err, ERR_IO, path, 0, 0, "text");
    ck_assert_ptr_nonnull(strstr(err.source, "/file.yaml"));
}
END_TEST

TCase *err_tests(void)
{
    TCase *tests = tcase_create("err");
    tcase_add_test(tests, the_first_error_wins);
    tcase_add_test(tests, nobody_has_to_listen);
    tcase_add_test(tests, formats_what_is_known_of_the_place);
    tcase_add_test(tests, prefixes_and_system_errors_read_as_one_sentence);
    tcase_add_test(tests, an_overlong_source_keeps_its_end);
    return tests;
}
