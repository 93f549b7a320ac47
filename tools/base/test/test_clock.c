#include "base/clock.h"

#include <time.h>

#include "base/test/test_base.h"
#include "base/testing.h"

static const struct {
    int64_t calendar_s;
    const char *text;
} table[] = {
    {0, "1970-01-01T00:00:00Z"},          {86399, "1970-01-01T23:59:59Z"},
    {68169600, "1972-02-29T00:00:00Z"},   {951782400, "2000-02-29T00:00:00Z"},
    {951868800, "2000-03-01T00:00:00Z"},  {1795253400, "2026-11-21T09:30:00Z"},
    {4107542400, "2100-03-01T00:00:00Z"}, {253402300799, "9999-12-31T23:59:59Z"},
};

START_TEST(moments_are_written)
{
    char text[CLOCK_ISO_SIZE];
    clock_iso(table[_i].calendar_s, text);
    ck_assert_str_eq(text, table[_i].text);
}
END_TEST

static const struct {
    uint64_t unix_us;
    const char *text;
} parts[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {999999, "1970-01-01T00:00:00.999Z"},
    {1795253400250000, "2026-11-21T09:30:00.250Z"},
    {UINT64_MAX, "9999-12-31T23:59:59.551Z"}, /* what is past the form is its end */
};

START_TEST(parts_of_seconds_are_written)
{
    char text[CLOCK_ISO_MS_SIZE];
    clock_iso_unix(parts[_i].unix_us, text);
    ck_assert_str_eq(text, parts[_i].text);
}
END_TEST

/* Every day of 400 years, after which the calendar repeats itself. */
START_TEST(days_are_those_of_the_c_library)
{
    for (int64_t day = 0; day < 146097; day++) {
        char text[CLOCK_ISO_SIZE];
        char wanted[CLOCK_ISO_SIZE];
        struct tm utc;
        time_t moment = (time_t)(day * 86400 + day % 86400);
        gmtime_r(&moment, &utc);
        strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%SZ", &utc);
        clock_iso(moment, text);
        ck_assert_str_eq(text, wanted);
    }
}
END_TEST

TCase *clock_tests(void)
{
    TCase *tests = tcase_create("clock");
    tcase_add_loop_test(tests, moments_are_written, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, parts_of_seconds_are_written, 0, TESTING_COUNT(parts));
    tcase_add_test(tests, days_are_those_of_the_c_library);
    return tests;
}
