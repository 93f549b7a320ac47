#include <stdlib.h>

#include "base/buf.h"
#include "base/testing.h"
#include "conformance/diff/exchange_diff.h"
#include "conformance/diff/test/test_diff.h"

#define UUID  "8a1f9c0e-3f7e-4a9e-9a59-0c1d2e3f4a5b"
#define OTHER "11111111-2222-3333-4444-555555555555"

/* Nothing is expected of the answers: what a step expects is seen end to end. */
static const struct {
    const char *name;
    struct answer_row left;
    struct answer_row right;
    const char *differences; /* one a line */
} table[] = {
    {"the same", {200, "A: x", "{\"a\": 1}"}, {200, "A: x", "{\"a\": 1}"}, ""},
    {"only values", {200, "A: x", "{\"a\": 1, \"b\": null}"}, {200, "A: y", "{\"b\": null, \"a\": 2}"}, ""},
    {"names in another case", {200, "content-type: a", ""}, {200, "Content-Type: a", ""}, ""},
    {"other ids and times",
     {200, "", "{\"id\": \"" UUID "\", \"at\": \"2026-11-21T14:39:52Z\"}"},
     {200, "", "{\"id\": \"" OTHER "\", \"at\": \"2027-01-01T00:00:00Z\"}"},
     ""},
    {"keys that are ids", {200, "", "{\"" UUID "\": 1}"}, {200, "", "{\"" OTHER "\": 2}"}, ""},
    {"more items", {200, "", "[1, 2, 3]"}, {200, "", "[1]"}, ""},
    {"other bytes", {200, "", "abc"}, {200, "", "abcdef"}, ""},
    {"a status", {204, "", ""}, {409, "", ""}, "status: 204, 409\n"},
    {"no answer", {0, "", ""}, {409, "A: x", "{}"}, "outcome: broken, answered\n"},
    {"a header that is missing", {200, "A: x\nB: y", ""}, {200, "B: y", ""}, "header A: present, absent\n"},
    {"a header of the other", {200, "", ""}, {200, "C: z", ""}, "header C: absent, present\n"},
    {"no body", {200, "", "{}"}, {200, "", ""}, "body: JSON, none\n"},
    {"markup for JSON", {400, "", "<html>"}, {400, "", "{}"}, "body: markup, JSON\n"},
    {"text for JSON", {400, "", "[1"}, {400, "", "[1]"}, "body: other, JSON\n"},
    {"another type", {200, "", "{\"a\": null}"}, {200, "", "{\"a\": \"x\"}"}, "body /a: null, string\n"},
    {"no id", {200, "", "{\"a\": \"" UUID "\"}"}, {200, "", "{\"a\": \"x\"}"}, "body /a: uuid, string\n"},
    {"a member that is missing",
     {200, "", "{\"a\": {\"b\": 1}}"},
     {200, "", "{}"},
     "body /a: object, absent\n"},
    {"a member of the other", {200, "", "{}"}, {200, "", "{\"a\": [1]}"}, "body /a: absent, array\n"},
    {"an array for an object", {200, "", "[]"}, {200, "", "{}"}, "body /: array, object\n"},
    {"items of two types", {200, "", "[1, \"x\"]"}, {200, "", "[1]"}, "body /*: integer|string, integer\n"},
    {"no items", {200, "", "{\"a\": [{\"b\": 1}]}"}, {200, "", "{\"a\": []}"}, "body /a/*: object, absent\n"},
};

static void note(void *context, const char *what, const char *left, const char *right)
{
    buf_printf(context, "%s: %s, %s\n", what, left, right);
}

static void check_one(const struct answer_row *left, const struct answer_row *right, struct buf *told)
{
    struct result_exchange here = exchange_of(left, "step 1");
    struct result_exchange there = exchange_of(right, "step 1");
    const struct exchange_side sides[] = {{&here, {0}}, {&there, {0}}};
    exchange_compare(&sides[0], &sides[1], NULL, note, told);
    result_exchange_fini(&here);
    result_exchange_fini(&there);
}

START_TEST(tells_what_differs)
{
    struct buf told;
    buf_init(&told, BUF_KIB);
    check_one(&table[_i].left, &table[_i].right, &told);
    ck_assert_msg(strcmp(told.data, table[_i].differences) == 0, "%s: %s", table[_i].name, told.data);
    buf_fini(&told);
}
END_TEST

TCase *tests_of_exchanges(void)
{
    TCase *tests = tcase_create("exchanges");
    tcase_add_loop_test(tests, tells_what_differs, 0, TESTING_COUNT(table));
    return tests;
}
