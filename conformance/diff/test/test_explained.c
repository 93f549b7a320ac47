#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/testing_place.h"
#include "conformance/diff/explained.h"
#include "conformance/diff/test/test_diff.h"

#define HEAD "explained: two\ndifferences:\n"

static bool load(const char *text, struct explained *ret_explained, struct problems *problems)
{
    struct testing_place place = testing_place_make("explained.yaml");
    testing_place_write(&place, text, strlen(text));
    bool loaded = explained_load(place.path, ret_explained, problems);
    testing_place_remove(&place);
    return loaded;
}

/* Of one entry. */
static const char *const invalid[] = {
    "",
    "[]\n",
    "explained: two\n",
    "differences: []\n",
    "explained: [two]\ndifferences: []\n",
    "explained: two\ndifferences: {}\n",
    "explained: two\ndifferences: []\nmore: 1\n",
    HEAD "  - text\n",
    HEAD "  - {case: a, what: status, by: none}\n",
    HEAD "  - {case: a, what: status, reason: r}\n",
    HEAD "  - {case: a, by: none, reason: r}\n",
    HEAD "  - {what: status, by: none, reason: r}\n",
    HEAD "  - {case: a, what: [], by: none, reason: r}\n",
    HEAD "  - {case: a, what: [[x]], by: none, reason: r}\n",
    HEAD "  - {case: a, what: \"\", by: none, reason: r}\n",
    HEAD "  - {case: a, what: {x: y}, by: none, reason: r}\n",
    HEAD "  - {case: a, what: status, by: none, reason: \"\"}\n",
    HEAD "  - {case: a, what: status, by: none, reason: r, a: [204]}\n",
    HEAD "  - {case: a, what: status, by: none, reason: r, c: 204}\n",
    HEAD "  - {case: a, what: status, by: none, reason: r, status: good}\n",
    HEAD "  - {case: a, what: status, by: none, reason: r, status: 99}\n",
    HEAD "  - {case: a, what: status, by: none, reason: r, status: 600}\n",
    HEAD "  - {case: a, what: status, by: none, reason: r, status: [204]}\n",
};

START_TEST(refuses)
{
    struct explained explained = {0};
    struct problems problems = {0};
    ck_assert_msg(!load(invalid[_i], &explained, &problems), "%s", invalid[_i]);
    ck_assert_uint_gt(problems.count, 0);
    problems_fini(&problems);
}
END_TEST

/* An entry, and whether it explains what is 204 here and 409 there, beside the status 416 of both, in case
 * a.b/x. */
static const struct {
    const char *entry;
    const char *clause; /* that decides; NULL: none */
    bool fits;
} table[] = {
    {"{case: a.b/x, what: status, by: none, reason: r}", NULL, true},
    {"{case: \"a.*\", what: \"*\", by: quirk, reason: r}", NULL, true},
    {"{case: \"*\", what: [body, status], a: 204, b: 409, by: none, reason: r}", NULL, true},
    {"{case: \"*\", what: status, by: a.b, reason: r}", "a.b", true},
    {"{case: \"*\", what: status, status: 416, by: none, reason: r}", NULL, true},
    {"{case: \"*\", what: status, status: 204, by: none, reason: r}", NULL, false},
    {"{case: \"*\", what: status, by: none, reason: r}", "a.b", false},
    {"{case: \"*\", what: status, by: quirk, reason: r}", "a.b", false},
    {"{case: \"*\", what: status, by: a.c, reason: r}", "a.b", false},
    {"{case: \"*\", what: status, by: a.b, reason: r}", NULL, false},
    {"{case: a.b, what: status, by: none, reason: r}", NULL, false},
    {"{case: \"*\", what: [body, header X], by: none, reason: r}", NULL, false},
    {"{case: \"*\", what: status, a: 409, by: none, reason: r}", NULL, false},
    {"{case: \"*\", what: status, b: 204, by: none, reason: r}", NULL, false},
};

START_TEST(explains)
{
    static char texts[][8] = {"a.b/x", "status", "204", "409"};
    struct explained explained;
    struct problems problems = {0};
    char *text = mem_printf(HEAD "  - %s\n", table[_i].entry);
    struct diff diff = {0};
    *mem_append(&diff.items, &diff.count) = (struct diff_difference){.id = texts[0],
                                                                     .what = texts[1],
                                                                     .status = 416,
                                                                     .left = texts[2],
                                                                     .right = texts[3],
                                                                     .clause = mem_dup(table[_i].clause)};
    ck_assert_msg(load(text, &explained, &problems), "%s", text);
    ck_assert_msg(explained_apply(&explained, &diff) == !table[_i].fits, "%s", text);
    ck_assert_msg(explained.entries[0].used == table[_i].fits, "%s", text);
    ck_assert_int_eq(diff.items[0].entry == &explained.entries[0], table[_i].fits);
    free(diff.items[0].clause);
    free(diff.items);
    explained_fini(&explained);
    problems_fini(&problems);
    free(text);
}
END_TEST

TCase *tests_of_explained(void)
{
    TCase *tests = tcase_create("explained");
    tcase_add_loop_test(tests, refuses, 0, TESTING_COUNT(invalid));
    tcase_add_loop_test(tests, explains, 0, TESTING_COUNT(table));
    return tests;
}
