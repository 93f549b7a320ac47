/* What the command line chooses among: APIs, editions, quirks. */
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
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
    {"gns3", BIT(API_GNS3)},
    {"images-v1,images-v2", BIT(API_IMAGES_V1) | BIT(API_IMAGES_V2)},
    {"images-v2,images-v1,images-v2", BIT(API_IMAGES_V1) | BIT(API_IMAGES_V2)},
    {"gns3,images-v1,images-v2", APIS_ALL},
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

static const struct {
    const char *target;
    int api; /* -1: of none */
} targets[] = {
    {"/v1/images", API_IMAGES_V1},
    {"/v1", API_IMAGES_V1},
    {"/v2/images", API_IMAGES_V2},
    {"/v2/computer", API_IMAGES_V2},
    {"/v2/compute", API_GNS3},
    {"/v2/compute/qemu/img", API_GNS3},
    {"/v2%2Fcompute/qemu/img", -1},
    {"/", -1},
    {"/v", -1},
    {"/v1.0/images", -1},
    {"/compute", -1},
    {"//v2/compute", -1},
};

START_TEST(knows_apis_by_their_paths)
{
    enum api api = API_COUNT;
    struct target target;
    CLEANUP(text) char *raw = mem_dup(targets[_i].target);
    ck_assert(target_parse(raw, &target));
    bool known = api_of_target(&target, &api);
    ck_assert_msg(known == (targets[_i].api >= 0), "%s", targets[_i].target);
    ck_assert_msg(!known || (int)api == targets[_i].api, "%s", targets[_i].target);
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

static const struct {
    const char *set;
    enum rule broken; /* one of them, and one that is not */
    enum rule obeyed;
} sets[] = {
    {"queens", RULE_V1_DELETE_ANSWERS_204, RULE_V1_DELETE_REMOVES},
    {"gns3-2.2", RULE_GNS3_UPDATE_EXTENDS_VPC_FIXED, RULE_GNS3_UPDATE_EXTENDS_RAW},
};

START_TEST(quirks_break_their_rules_and_no_others)
{
    struct err err = ERR_INIT;
    struct rules rules = {0};
    size_t broken = 0;
    ck_assert(rules_take_quirks(&rules, sets[_i].set, &err));
    ck_assert(!rule_obeyed(&rules, sets[_i].broken));
    ck_assert(rule_obeyed(&rules, sets[_i].obeyed));
    for (size_t i = 0; i < RULE_COUNT; i++)
        broken += rules.broken[i];
#define QUIRK(name, rule) broken -= strcmp(name, sets[_i].set) == 0;
#include "mock/quirks.def"
#undef QUIRK
    ck_assert_uint_eq(broken, 0);
}
END_TEST

START_TEST(refuses_unknown_quirks)
{
    static const char *const names[] = {"", "Queens", "queen", "pike", "gns3", "gns3-2.2 "};
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
    tcase_add_loop_test(tests, knows_apis_by_their_paths, 0, TESTING_COUNT(targets));
    tcase_add_loop_test(tests, reads_editions, 0, TESTING_COUNT(editions));
    tcase_add_loop_test(tests, quirks_break_their_rules_and_no_others, 0, TESTING_COUNT(sets));
    tcase_add_test(tests, refuses_unknown_quirks);
    return tests;
}
