/* What the command line chooses among: APIs, editions, quirks. */
#include "base/testing.h"
#include "mock/api.h"
#include "mock/edition.h"
#include "mock/rules.h"
#include "mock/test/test_mock.h"

#define BIT(i) (1U << (i))

static const struct {
    const char *words;
    unsigned apis; /* 0: refused */
} apis[] = {
    {"images-v1", BIT(API_IMAGES_V1)},
    {"images-v2", BIT(API_IMAGES_V2)},
    {"images-v1,images-v2", APIS_ALL},
    {"images-v2,images-v1,images-v2", APIS_ALL},
    {"", 0},
    {"images", 0},
    {"images-v1,", 0},
    {",images-v1", 0},
    {"images-v1 ,images-v2", 0},
    {"Images-v1", 0},
    {"images-v11", 0},
};

START_TEST(reads_apis)
{
    struct err err = ERR_INIT;
    unsigned got = 0;
    ck_assert_msg(apis_parse(apis[_i].words, &got, &err) == (apis[_i].apis != 0), "'%s'", apis[_i].words);
    ck_assert_uint_eq(got, apis[_i].apis);
}
END_TEST

START_TEST(knows_apis_by_their_paths)
{
    enum api api;
    ck_assert(api_of_segment("v1", &api) && api == API_IMAGES_V1);
    ck_assert(api_of_segment("v2", &api) && api == API_IMAGES_V2);
    ck_assert(!api_of_segment("", &api) && !api_of_segment("v", &api) && !api_of_segment("v1.0", &api));
    for (unsigned i = 0; i < API_COUNT; i++)
        ck_assert(api_of_segment(api_segment((enum api)i), &api) && api == (enum api)i);
}
END_TEST

static const struct {
    const char *word;
    int edition; /* -1: refused */
} editions[] = {
    {"in-tree", EDITION_IN_TREE},
    {"api-site", EDITION_API_SITE},
    {"create-page", EDITION_CREATE_PAGE},
    {"", -1},
    {"intree", -1},
    {"in-tree ", -1},
};

START_TEST(reads_editions)
{
    struct err err = ERR_INIT;
    enum edition edition = EDITION_COUNT;
    bool good = edition_parse(editions[_i].word, &edition, &err);
    ck_assert_msg(good == (editions[_i].edition >= 0), "'%s'", editions[_i].word);
    ck_assert_int_eq((int)edition, good ? editions[_i].edition : (int)EDITION_COUNT);
}
END_TEST

START_TEST(quirks_break_their_rules_and_no_others)
{
    struct err err = ERR_INIT;
    struct rules rules = {0};
    size_t broken = 0;
    ck_assert(rules_take_quirks(&rules, "queens", &err));
    ck_assert(!rule_obeyed(&rules, RULE_V1_DELETE_ANSWERS_204));
    ck_assert(rule_obeyed(&rules, RULE_V1_DELETE_REMOVES));
    for (size_t i = 0; i < RULE_COUNT; i++)
        broken += rules.broken[i];
#define QUIRK(set, rule) broken--;
#include "mock/quirks.def"
#undef QUIRK
    ck_assert_uint_eq(broken, 0);
}
END_TEST

START_TEST(refuses_unknown_quirks)
{
    static const char *const names[] = {"", "Queens", "queen", "pike"};
    for (size_t i = 0; i < TESTING_COUNT(names); i++) {
        struct err err = ERR_INIT;
        struct rules rules = {0};
        ck_assert_msg(!rules_take_quirks(&rules, names[i], &err), "'%s'", names[i]);
        for (size_t rule = 0; rule < RULE_COUNT; rule++)
            ck_assert(!rules.broken[rule]);
    }
}
END_TEST

TCase *choices_tests(void)
{
    TCase *tests = tcase_create("choices");
    tcase_add_loop_test(tests, reads_apis, 0, TESTING_COUNT(apis));
    tcase_add_test(tests, knows_apis_by_their_paths);
    tcase_add_loop_test(tests, reads_editions, 0, TESTING_COUNT(editions));
    tcase_add_test(tests, quirks_break_their_rules_and_no_others);
    tcase_add_test(tests, refuses_unknown_quirks);
    return tests;
}
