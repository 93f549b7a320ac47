#include "mock/rules.h"

#include <string.h>

#include "base/testing.h"
#include "mock/test/test_mock.h"

START_TEST(breaks_exactly_one)
{
    struct rules rules = {0};
    ck_assert(rules_break(&rules, rule_clause((enum rule)_i), NULL));
    for (int i = 0; i < RULE_COUNT; i++)
        ck_assert_msg(rule_obeyed(&rules, (enum rule)i) == (i != _i), "%s", rule_clause((enum rule)i));
}
END_TEST

START_TEST(mends_what_was_broken)
{
    struct rules rules = {0};
    const char *other = rule_clause((enum rule)((_i + 1) % RULE_COUNT));
    ck_assert(rules_break(&rules, rule_clause((enum rule)_i), NULL));
    ck_assert(rules_mend(&rules, other, NULL));
    ck_assert(!rule_obeyed(&rules, (enum rule)_i));
    ck_assert(rules_mend(&rules, rule_clause((enum rule)_i), NULL));
    ck_assert(rule_obeyed(&rules, (enum rule)_i));
}
END_TEST

START_TEST(has_each_clause_once)
{
    for (int i = 0; i < _i; i++)
        ck_assert_str_ne(rule_clause((enum rule)i), rule_clause((enum rule)_i));
}
END_TEST

static const struct {
    const char *misspelt;
    const char *nearest;
} table[] = {
    {"image-data.upload.need-queued", "image-data.upload.needs-queued"},
    {"image-data.download.range-fist", "image-data.download.range-first"},
    {"image-data.upload.answers-405", "image-data.upload.answers-400"},
    {"IMAGE-DATA", "--list-faults"},
    {"", "--list-faults"},
};

START_TEST(names_the_nearest_one)
{
    struct rules rules = {0};
    struct err err = ERR_INIT;
    ck_assert(!rules_mend(&rules, table[_i].misspelt, NULL));
    ck_assert(!rules_break(&rules, table[_i].misspelt, &err));
    ck_assert_ptr_nonnull(strstr(err.text, table[_i].nearest));
    for (int i = 0; i < RULE_COUNT; i++)
        ck_assert(rule_obeyed(&rules, (enum rule)i));
}
END_TEST

TCase *rules_tests(void)
{
    TCase *tests = tcase_create("rules");
    tcase_add_loop_test(tests, breaks_exactly_one, 0, RULE_COUNT);
    tcase_add_loop_test(tests, mends_what_was_broken, 0, RULE_COUNT);
    tcase_add_loop_test(tests, has_each_clause_once, 0, RULE_COUNT);
    tcase_add_loop_test(tests, names_the_nearest_one, 0, TESTING_COUNT(table));
    return tests;
}
