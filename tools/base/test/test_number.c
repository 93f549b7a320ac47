#include "base/number.h"

#include "base/test/test_base.h"
#include "base/testing.h"

#define REFUSED UINT64_MAX

typedef bool parse_fn(const char *text, uint64_t *ret_value);

static const struct {
    parse_fn *parse;
    const char *text;
    uint64_t value;
} table[] = {
    {number_parse_u64, "0", 0},
    {number_parse_u64, "18446744073709551614", UINT64_MAX - 1},
    {number_parse_u64, "18446744073709551616", REFUSED},
    {number_parse_u64, "", REFUSED},
    {number_parse_u64, "-1", REFUSED},
    {number_parse_u64, " 1", REFUSED},
    {number_parse_u64, "1x", REFUSED},
    {number_parse_size, "64k", 65536},
    {number_parse_size, "4G", UINT64_C(4) << 30},
    {number_parse_size, "1T", UINT64_C(1) << 40},
    {number_parse_size, "17", 17},
    {number_parse_size, "64kB", REFUSED},
    {number_parse_size, "k", REFUSED},
    {number_parse_size, "99999999999T", REFUSED},
    {number_parse_duration_ms, "250ms", 250},
    {number_parse_duration_ms, "5s", 5000},
    {number_parse_duration_ms, "5", 5000},
    {number_parse_duration_ms, "0.25", 250},
    {number_parse_duration_ms, "1.5s", 1500},
    {number_parse_duration_ms, "2m", 120000},
    {number_parse_duration_ms, "1.s", REFUSED},
    {number_parse_duration_ms, "1.2345s", REFUSED},
    {number_parse_duration_ms, "1h", REFUSED},
    {number_parse_duration_ms, "-1s", REFUSED},
};

START_TEST(parses_the_whole_string_or_refuses)
{
    uint64_t value = REFUSED;
    bool done = table[_i].parse(table[_i].text, &value);
    ck_assert_msg(done == (table[_i].value != REFUSED), "'%s'", table[_i].text);
    ck_assert_msg(value == table[_i].value, "'%s' gave %lu", table[_i].text, (unsigned long)value);
}
END_TEST

TCase *number_tests(void)
{
    TCase *tests = tcase_create("number");
    tcase_add_loop_test(tests, parses_the_whole_string_or_refuses, 0, TESTING_COUNT(table));
    return tests;
}
