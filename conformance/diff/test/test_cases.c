#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/diff/case_diff.h"
#include "conformance/diff/test/test_diff.h"

#define SENT_MAX 4

/* A case of two steps, of one subject: what was sent, for what, and what was answered. */
struct case_row {
    enum verdict verdict;
    struct {
        const char *purpose;
        int status;
    } sent[SENT_MAX];
    const char *clause; /* of its one finding; NULL: none */
    size_t found_in;    /* exchange */
};

static const struct {
    const char *name;
    struct case_row left;
    struct case_row right;
    const char *differences; /* one a line */
} table[] = {
    {"the same", {.sent = {{"step 1", 200}}}, {.sent = {{"step 1", 200}}}, ""},
    {"no clause decides",
     {.sent = {{"step 1", 200}}},
     {.sent = {{"step 1", 201}}},
     "step 1 status 200 201 none 0\n"},
    {"the clause decides for the left",
     {.sent = {{"step 1", 200}}},
     {VERDICT_FAIL, {{"step 1", 201}}, "c.one", 0},
     "step 1 status 200 201 c.one 1\n"},
    {"the clause decides for the right",
     {VERDICT_FAIL, {{"step 1", 400}}, "c.one", 0},
     {.sent = {{"step 1", 201}}},
     "step 1 status 400 201 c.one 2\n"},
    {"both break it",
     {VERDICT_FAIL, {{"step 1", 400}}, "c.one", 0},
     {VERDICT_FAIL, {{"step 1", 500}}, "c.one", 0},
     "step 1 status 400 500 c.one 0\n"},
    {"the last try counts",
     {.sent = {{"step 1", 404}, {"step 1, try 2", 200}}},
     {.sent = {{"step 1", 200}}},
     ""},
    {"hooks are a deployment's own",
     {.sent = {{"enter condition full", 200}, {"step 1", 413}, {"leave condition full", 204}}},
     {.sent = {{"step 1", 413}}},
     ""},
    {"after a failure nothing is missed",
     {.sent = {{"step 1", 200}, {"step 2", 200}}},
     {VERDICT_FAIL, {{"step 1", 201}}, "c.one", 0},
     "step 1 status 200 201 c.one 1\n"},
    {"after a failure what was held is cut off",
     {.sent = {{"step 1", 200}}},
     {VERDICT_FAIL, {{"step 1", 201}, {"cut off at the end of the case", 0}}, "c.one", 0},
     "step 1 status 200 201 c.one 1\n"},
    {"one made an exchange more",
     {.sent = {{"step 1", 200}, {"clean-up", 204}}},
     {.sent = {{"step 1", 200}}},
     "clean-up exchange made not made none 0\n"},
    {"the other made an exchange more",
     {.sent = {{"step 1", 200}}},
     {.sent = {{"step 1", 200}, {"clean-up", 204}}},
     "clean-up exchange not made made none 0\n"},
    {"a verdict that no answer explains",
     {.sent = {{"step 1", 200}}},
     {VERDICT_FAIL, {{"step 1", 200}}, "c.one", 0},
     " verdict pass fail c.one 1\n"},
    {"one does not claim it", {.sent = {{"step 1", 200}}}, {.verdict = VERDICT_NOT_CLAIMED}, "(not claimed)"},
    {"one could not be judged", {.sent = {{"step 1", 200}}}, {.verdict = VERDICT_ERROR}, "(not judged)"},
    {"one was stopped", {.verdict = VERDICT_SKIPPED}, {.sent = {{"step 1", 200}}}, "(not judged)"},
};

static struct result_case result_of(const struct case_row *row)
{
    struct result_case result = {
        .id = mem_dup("a.case/x"), .verdict = row->verdict, .run_id = mem_dup("1f0c2a9b")};
    for (size_t i = 0; i < SENT_MAX && row->sent[i].purpose; i++) {
        const struct answer_row answer = {.status = row->sent[i].status};
        *mem_append(&result.exchanges, &result.exchange_count) = exchange_of(&answer, row->sent[i].purpose);
    }
    if (row->clause)
        *mem_append(&result.findings, &result.finding_count) = (struct result_finding){
            mem_dup(row->clause), mem_dup("one thing"), mem_dup("another"), row->found_in};
    return result;
}

static void put_diff(const struct diff *diff, struct buf *told)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_difference *one = &diff->items[i];
        buf_printf(told, "%s %s %s %s %s %d\n", one->step, one->what, one->left, one->right,
                   one->clause ? one->clause : "none", (int)one->obeyed);
    }
    buf_puts(told, diff->unclaimed ? "(not claimed)" : diff->not_judged_count ? "(not judged)" : "");
}

START_TEST(pairs_and_decides)
{
    static char id[] = "a.case/x";
    const struct spec_parts parts = {0};
    const struct spec_case one = {.id = id, .parts = &parts};
    struct result_case left = result_of(&table[_i].left);
    struct result_case right = result_of(&table[_i].right);
    struct diff diff = {0};
    struct buf told;
    buf_init(&told, BUF_KIB);
    case_compare(&one, &left, "http://127.0.0.1:1", &right, "http://127.0.0.1:2", &diff);
    put_diff(&diff, &told);
    ck_assert_msg(strcmp(told.data, table[_i].differences) == 0, "%s: %s", table[_i].name, told.data);
    ck_assert_uint_eq(diff.compared + diff.unclaimed + diff.not_judged_count, 1);
    buf_fini(&told);
    diff_fini(&diff);
    result_case_fini(&left);
    result_case_fini(&right);
}
END_TEST

TCase *tests_of_cases(void)
{
    TCase *tests = tcase_create("cases");
    tcase_add_loop_test(tests, pairs_and_decides, 0, TESTING_COUNT(table));
    return tests;
}
