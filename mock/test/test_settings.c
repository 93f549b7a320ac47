#include "mock/settings.h"

#include "base/testing.h"
#include "mock/test/test_mock.h"

START_TEST(conditions_hold_for_whom_they_were_entered)
{
    struct settings *settings = settings_new();
    settings_enter(settings, CONDITION_STORAGE_FULL, "a");
    ck_assert(settings_hold(settings, CONDITION_STORAGE_FULL, "a"));
    ck_assert(!settings_hold(settings, CONDITION_STORAGE_FULL, "b"));
    ck_assert(!settings_hold(settings, CONDITION_STORE_DISABLED, "a"));
    settings_enter(settings, CONDITION_STORAGE_FULL, NULL);
    ck_assert(settings_hold(settings, CONDITION_STORAGE_FULL, "b"));
    settings_leave(settings, CONDITION_STORAGE_FULL, "b");
    ck_assert(settings_hold(settings, CONDITION_STORAGE_FULL, "b"));
    settings_leave(settings, CONDITION_STORAGE_FULL, NULL);
    ck_assert(!settings_hold(settings, CONDITION_STORAGE_FULL, "a"));
    settings_free(settings);
}
END_TEST

START_TEST(limits_go_back_to_the_start)
{
    struct settings *settings = settings_new();
    settings_set_limit(settings, LIMIT_TAG_QUOTA, NULL, 7);
    settings_started(settings);
    settings_set_limit(settings, LIMIT_TAG_QUOTA, NULL, 8);
    settings_set_limit(settings, LIMIT_TAG_QUOTA, "a", 9);
    ck_assert_uint_eq(settings_limit(settings, LIMIT_TAG_QUOTA, "a"), 9);
    ck_assert_uint_eq(settings_limit(settings, LIMIT_TAG_QUOTA, "b"), 8);
    settings_unset_limit(settings, LIMIT_TAG_QUOTA, "a");
    ck_assert_uint_eq(settings_limit(settings, LIMIT_TAG_QUOTA, "a"), 8);
    settings_unset_limit(settings, LIMIT_TAG_QUOTA, NULL);
    ck_assert_uint_eq(settings_limit(settings, LIMIT_TAG_QUOTA, "a"), 7);
    settings_free(settings);
}
END_TEST

static void count_views(void *context, const struct settings_view *view)
{
    (void)view;
    ++*(int *)context;
}

START_TEST(projects_that_differ_no_more_are_forgotten)
{
    struct settings *settings = settings_new();
    int count = 0;
    settings_enter(settings, CONDITION_STORAGE_FULL, "a");
    settings_set_limit(settings, LIMIT_TAG_QUOTA, "a", 1);
    settings_leave(settings, CONDITION_STORAGE_FULL, "a");
    settings_visit(settings, count_views, &count);
    ck_assert_int_eq(count, 2);
    settings_unset_limit(settings, LIMIT_TAG_QUOTA, "a");
    count = 0;
    settings_visit(settings, count_views, &count);
    ck_assert_int_eq(count, 1);
    settings_free(settings);
}
END_TEST

START_TEST(words_are_whole)
{
    enum condition condition;
    enum limit limit;
    ck_assert(condition_parse("slow-storage", &condition) && condition == CONDITION_SLOW_STORAGE);
    ck_assert(limit_parse("tag_quota", &limit) && limit == LIMIT_TAG_QUOTA);
    ck_assert(!condition_parse("slow", &condition));
    ck_assert(!condition_parse("", &condition));
    ck_assert(!limit_parse("tag-quota", &limit));
}
END_TEST

TCase *settings_tests(void)
{
    TCase *tests = tcase_create("settings");
    tcase_add_test(tests, conditions_hold_for_whom_they_were_entered);
    tcase_add_test(tests, limits_go_back_to_the_start);
    tcase_add_test(tests, projects_that_differ_no_more_are_forgotten);
    tcase_add_test(tests, words_are_whole);
    return tests;
}
