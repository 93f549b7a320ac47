#include <stdlib.h>

#include "base/buf.h"
#include "base/testing.h"
#include "conformance/diff/exchange_diff.h"
#include "conformance/diff/test/test_diff.h"
#include "conformance/match/match.h"

#define UUID  "8a1f9c0e-3f7e-4a9e-9a59-0c1d2e3f4a5b"
#define OTHER "11111111-2222-3333-4444-555555555555"

struct row {
    const char *name;
    struct answer_row left;
    struct answer_row right;
    const char *differences; /* one a line */
};

/* Nothing is expected of the answers. */
static const struct row table[] = {
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

/* Something is expected of the header A, and of what stands at /a. */
static const struct row watched[] = {
    {"the same", {200, "A: x", "{\"a\": 1}"}, {200, "A: x", "{\"a\": 1}"}, ""},
    {"another header", {200, "A: x\nB: y", ""}, {200, "A: x\nB: z", ""}, ""},
    {"another member", {200, "", "{\"b\": 1}"}, {200, "", "{\"b\": 2}"}, ""},
    {"another id",
     {200, "A: " UUID, "{\"a\": \"" UUID "\"}"},
     {200, "A: " OTHER, "{\"a\": \"" OTHER "\"}"},
     ""},
    {"the header", {200, "A: x", ""}, {200, "a: y", ""}, "header A: x, y\n"},
    {"the value", {200, "", "{\"a\": 1}"}, {200, "", "{\"a\": 2}"}, "value /a: 1, 2\n"},
    {"a text", {200, "", "{\"a\": \"1\"}"}, {200, "", "{\"a\": \"2\"}"}, "value /a: \"1\", \"2\"\n"},
    {"both",
     {200, "A: x", "{\"a\": true}"},
     {200, "A: y", "{\"a\": false}"},
     "header A: x, y\nvalue /a: true, false\n"},
    {"its type", {200, "", "{\"a\": 1}"}, {200, "", "{\"a\": \"1\"}"}, "body /a: integer, string\n"},
    {"what is in it", {200, "", "{\"a\": [1]}"}, {200, "", "{\"a\": [2]}"}, ""},
    {"no header", {200, "A: x", ""}, {200, "", ""}, "header A: present, absent\n"},
    {"no JSON", {200, "", "{\"a\": 1}"}, {200, "", "x"}, "body: JSON, other\n"},
};

static void look_at_a(const void *data, void (*look)(void *context, const char *place), void *context)
{
    look(context, data);
}

static void note(void *context, const char *what, const char *left, const char *right)
{
    buf_printf(context, "%s: %s, %s\n", what, left, right);
}

static void check_row(const struct row *row, const struct spec_step *step)
{
    struct result_exchange here = exchange_of(&row->left, "step 1");
    struct result_exchange there = exchange_of(&row->right, "step 1");
    const struct exchange_side sides[] = {{&here, {0}}, {&there, {0}}};
    struct buf told;
    buf_init(&told, BUF_KIB);
    exchange_compare(&sides[0], &sides[1], step, note, &told);
    ck_assert_msg(strcmp(told.data, row->differences) == 0, "%s: %s", row->name, told.data);
    buf_fini(&told);
    result_exchange_fini(&here);
    result_exchange_fini(&there);
}

START_TEST(tells_what_differs)
{
    check_row(&table[_i], NULL);
}
END_TEST

START_TEST(tells_what_is_looked_at)
{
    static const struct matcher headers = {.place = MATCH_PLACE_HEADER, .places = look_at_a};
    static const struct matcher json = {.place = MATCH_PLACE_POINTER, .places = look_at_a};
    static const struct matcher status = {.name = "status"}; /* looks at no place */
    static char header[] = "A";
    static char pointer[] = "/a";
    struct spec_expect expects[] = {
        {.matcher = &status}, {.matcher = &headers, .data = header}, {.matcher = &json, .data = pointer}};
    const struct spec_step step = {.expects = expects, .expect_count = TESTING_COUNT(expects)};
    check_row(&watched[_i], &step);
}
END_TEST

TCase *tests_of_exchanges(void)
{
    TCase *tests = tcase_create("exchanges");
    tcase_add_loop_test(tests, tells_what_differs, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, tells_what_is_looked_at, 0, TESTING_COUNT(watched));
    return tests;
}
