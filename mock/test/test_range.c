#include "mock/range.h"

#include "base/testing.h"
#include "mock/test/test_mock.h"

typedef enum range_result parse_fn(const char *header, uint64_t size, struct range *ret_range);

#define R range_parse
#define C range_parse_content

static const struct {
    parse_fn *parse;
    const char *header;
    uint64_t size;
    enum range_result result;
    enum range_form form;
    uint64_t first;
    uint64_t last;
} table[] = {
    {R, "bytes=0-9", 20, RANGE_GOOD, RANGE_FORM_FIRST, 0, 9},
    {R, "bytes=0-0", 1, RANGE_GOOD, RANGE_FORM_FIRST, 0, 0},
    {R, "bytes=5-14", 20, RANGE_GOOD, RANGE_FORM_EXACT, 5, 14},
    {R, "bytes=10-", 20, RANGE_GOOD, RANGE_FORM_OPEN_END, 10, 19},
    {R, "bytes=-5", 20, RANGE_GOOD, RANGE_FORM_SUFFIX, 15, 19},
    {R, "bytes=-20", 20, RANGE_GOOD, RANGE_FORM_SUFFIX, 0, 19},
    {R, "bytes=-21", 20, RANGE_GOOD, RANGE_FORM_CLAMPED, 0, 19},
    {R, "bytes=15-99", 20, RANGE_GOOD, RANGE_FORM_CLAMPED, 15, 19},
    {R, "bytes=19-20", 20, RANGE_GOOD, RANGE_FORM_CLAMPED, 19, 19},
    {R, "bytes=0-99999999999999999999999", 20, RANGE_GOOD, RANGE_FORM_CLAMPED, 0, 19},
    {R, " Bytes=0-9 ", 20, RANGE_GOOD, RANGE_FORM_FIRST, 0, 9},
    {R, "bytes=20-", 20, RANGE_UNSATISFIABLE, 0, 0, 0},
    {R, "bytes=20-30", 20, RANGE_UNSATISFIABLE, 0, 0, 0},
    {R, "bytes=0-0", 0, RANGE_UNSATISFIABLE, 0, 0, 0},
    {R, "bytes=-1", 0, RANGE_UNSATISFIABLE, 0, 0, 0},
    {R, "bytes=-0", 20, RANGE_UNSATISFIABLE, 0, 0, 0},
    {R, "bytes=99999999999999999999999-", 20, RANGE_UNSATISFIABLE, 0, 0, 0},
    {R, "bytes=9-0", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=-", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=a-b", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=1", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=1-2x", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=1-2-3", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=--1", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "lines=0-9", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes 0-9/20", 20, RANGE_MALFORMED, 0, 0, 0},
    {R, "bytes=0-1,3-4", 20, RANGE_SEVERAL, 0, 0, 0},
    {C, "bytes 0-9/20", 20, RANGE_GOOD, RANGE_FORM_FIRST, 0, 9},
    {C, "bytes 5-9/*", 20, RANGE_GOOD, RANGE_FORM_EXACT, 5, 9},
    {C, "bytes 20-29/*", 20, RANGE_UNSATISFIABLE, 0, 0, 0},
    {C, "bytes 0-9/9", 20, RANGE_MALFORMED, 0, 0, 0},
    {C, "bytes 0-9", 20, RANGE_MALFORMED, 0, 0, 0},
    {C, "bytes 0-9/", 20, RANGE_MALFORMED, 0, 0, 0},
    {C, "bytes 0-9/**", 20, RANGE_MALFORMED, 0, 0, 0},
    {C, "bytes */20", 20, RANGE_MALFORMED, 0, 0, 0},
    {C, "bytes=0-9", 20, RANGE_MALFORMED, 0, 0, 0},
    {C, "", 20, RANGE_MALFORMED, 0, 0, 0},
};

START_TEST(reads_a_range_or_says_why_not)
{
    struct range range = {0};
    ck_assert_msg(table[_i].parse(table[_i].header, table[_i].size, &range) == table[_i].result, "'%s'",
                  table[_i].header);
    ck_assert_msg(range.form == table[_i].form, "'%s' has another form", table[_i].header);
    ck_assert_uint_eq(range.first, table[_i].first);
    ck_assert_uint_eq(range.last, table[_i].last);
}
END_TEST

TCase *range_tests(void)
{
    TCase *tests = tcase_create("range");
    tcase_add_loop_test(tests, reads_a_range_or_says_why_not, 0, TESTING_COUNT(table));
    return tests;
}
