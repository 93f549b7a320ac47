#include "conformance/spec/problems.h"

#include <string.h>

#include "base/testing.h"
#include "conformance/spec/internal.h"
#include "conformance/test/test_spec.h"

static struct yaml_place at(const char *file, unsigned line, unsigned column)
{
    return (struct yaml_place){file, line, column};
}

START_TEST(problems_are_sorted_by_place)
{
    struct problems problems = {0};
    problems_add(&problems, at("b", 1, 1), "fifth");
    problems_add(&problems, at("a", 10, 1), "fourth");
    problems_add(&problems, at("a", 2, 3), "third");
    problems_add(&problems, at("a", 2, 1), "second");
    problems_add(&problems, at(NULL, 0, 0), "%s", "first");
    problems_sort(&problems);
    static const char *const order[] = {"first", "second", "third", "fourth", "fifth"};
    ck_assert_uint_eq(problems.count, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(problems.items[i].text, order[i]);
    problems_fini(&problems);
    problems_sort(&problems);
    problems_fini(NULL);
}
END_TEST

START_TEST(nothing_is_said_twice)
{
    struct problems problems = {0};
    problems_add(&problems, at("a", 1, 1), "same");
    problems_add(&problems, at("a", 1, 1), "same");
    problems_add(&problems, at("a", 1, 2), "same");
    ck_assert_uint_eq(problems.count, 2);
    problems_fini(&problems);
}
END_TEST

START_TEST(past_the_limit_the_last_one_says_so)
{
    struct problems problems = {0};
    for (size_t i = 0; i < 2 * PROBLEMS_MAX; i++)
        problems_add(&problems, at("a", 2 * PROBLEMS_MAX - i, 1), "wrong");
    problems_sort(&problems);
    ck_assert_uint_eq(problems.count, PROBLEMS_MAX + 1);
    ck_assert_int_eq(problems.items[PROBLEMS_MAX].code, ERR_LIMIT);
    ck_assert_ptr_nonnull(strstr(problems.items[PROBLEMS_MAX].text, "more than 200 problems"));
    problems_fini(&problems);
}
END_TEST

TCase *problems_tests(void)
{
    TCase *tests = tcase_create("problems");
    tcase_add_test(tests, problems_are_sorted_by_place);
    tcase_add_test(tests, nothing_is_said_twice);
    tcase_add_test(tests, past_the_limit_the_last_one_says_so);
    return tests;
}

/* --- the nearest known name --- */

static const struct {
    const char *wanted;
    const char *says;
} guesses[] = {
    {"statsu", ", did you mean \"status\"?"}, /* two letters swapped */
    {"stauts", ", did you mean \"status\"?"},
    {"statu", ", did you mean \"status\"?"},   /* one left out */
    {"sttatus", ", did you mean \"status\"?"}, /* one too many */
    {"headerz", ", did you mean \"headers\"?"},
    {"jso", ", did you mean \"json\"?"},
    {"completely-else", ", expected one of status, headers, json"},
    {"", ", expected one of status, headers, json"},
    {"x234567890123456789012345678901234567890123456789012345678901234567890",
     ", expected one of status, headers, json"},
};

START_TEST(a_misspelt_name_is_recognized)
{
    struct guess guess;
    guess_init(&guess, guesses[_i].wanted);
    guess_offer(&guess, "status");
    guess_offer(&guess, "headers");
    guess_offer(&guess, "json");
    ck_assert_str_eq(guess_end(&guess), guesses[_i].says);
}
END_TEST

START_TEST(of_many_far_names_none_is_told)
{
    struct guess guess;
    guess_init(&guess, "something");
    for (char c = 'a'; c <= 'z'; c++)
        guess_offer(&guess, (char[]){c, '\0'});
    ck_assert_str_eq(guess_end(&guess), "");
    guess_init(&guess, "something");
    ck_assert_str_eq(guess_end(&guess), "");
}
END_TEST

START_TEST(a_name_is_there_once)
{
    struct names names = {0};
    int value = 5;
    ck_assert_ptr_null(names_find(&names, "a"));
    ck_assert_ptr_nonnull(names_add(&names, "a", at("f", 1, 2), &value));
    ck_assert_ptr_null(names_add(&names, "a", at("f", 3, 4), NULL));
    ck_assert_uint_eq(names_find(&names, "a")->place.line, 1);
    ck_assert_ptr_eq(names_find(&names, "a")->value, &value);
    names_fini(&names);
}
END_TEST

TCase *names_tests(void)
{
    TCase *tests = tcase_create("names");
    tcase_add_loop_test(tests, a_misspelt_name_is_recognized, 0, TESTING_COUNT(guesses));
    tcase_add_test(tests, of_many_far_names_none_is_told);
    tcase_add_test(tests, a_name_is_there_once);
    return tests;
}
