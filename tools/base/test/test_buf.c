#include "base/buf.h"

#include <stdlib.h>

#include "base/test/test_base.h"

START_TEST(a_new_buffer_is_an_empty_string)
{
    struct buf buf;
    buf_init(&buf, 10);
    ck_assert_str_eq(buf.data, "");
    buf_fini(&buf);
    buf_fini(NULL);
}
END_TEST

START_TEST(appends_up_to_its_limit_and_no_further)
{
    struct buf buf;
    buf_init(&buf, 5);
    ck_assert(buf_puts(&buf, "abc"));
    ck_assert(buf_puts(&buf, "de"));
    ck_assert(!buf.full);
    ck_assert(!buf_putc(&buf, 'f'));
    ck_assert(buf.full);
    ck_assert_str_eq(buf.data, "abcde");
    buf_fini(&buf);
}
END_TEST

START_TEST(once_full_it_stays_full_until_cleared)
{
    struct buf buf;
    buf_init(&buf, 4);
    ck_assert(!buf_printf(&buf, "%d", 12345));
    ck_assert(!buf_putc(&buf, 'x'));
    ck_assert_uint_eq(buf.length, 0);
    buf_clear(&buf);
    ck_assert(buf_printf(&buf, "%d", 1234));
    ck_assert_str_eq(buf.data, "1234");
    buf_fini(&buf);
}
END_TEST

START_TEST(take_hands_the_bytes_over_and_leaves_it_empty)
{
    struct buf buf;
    buf_init(&buf, 100);
    buf_append(&buf, "a\0b", 3);
    char *text = buf_take(&buf);
    ck_assert_mem_eq(text, "a\0b", 4);
    ck_assert_uint_eq(buf.length, 0);
    free(text);
    text = buf_take(&buf);
    ck_assert_str_eq(text, "");
    free(text);
    buf_fini(&buf);
}
END_TEST

TCase *buf_tests(void)
{
    TCase *tests = tcase_create("buf");
    tcase_add_test(tests, a_new_buffer_is_an_empty_string);
    tcase_add_test(tests, appends_up_to_its_limit_and_no_further);
    tcase_add_test(tests, once_full_it_stays_full_until_cleared);
    tcase_add_test(tests, take_hands_the_bytes_over_and_leaves_it_empty);
    return tests;
}
