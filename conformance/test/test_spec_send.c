#include <stdlib.h>
#include <string.h>

#include "base/testing.h"
#include "conformance/spec/spec.h"
#include "conformance/test/test_spec.h"

static bool parse(const char *yaml, struct problems *problems, struct spec_send *ret_send)
{
    struct yaml_tree *tree = yaml_tree_parse(yaml, strlen(yaml), "t.yaml", NULL);
    ck_assert_ptr_nonnull(tree);
    bool good = spec_send_parse(&tree->root, problems, ret_send);
    for (size_t i = 0; i < problems->count; i++)
        ck_assert_str_eq(problems->items[i].source, "t.yaml");
    yaml_tree_free(tree);
    return good;
}

START_TEST(a_send_outside_the_suite_is_read)
{
    struct problems problems = {0};
    struct spec_send send;
    ck_assert(parse("{method: PUT, path: /limit, as: admin, query: {a: 1}, headers: {X: \"${own}\", Y: null},"
                    " json: {cap: 1}}",
                    &problems, &send));
    ck_assert_str_eq(send.method, "PUT");
    ck_assert_str_eq(send.path, "/limit");
    ck_assert_str_eq(send.identity, "admin");
    ck_assert_str_eq(send.query[0].value, "1");
    ck_assert_str_eq(send.headers[0].value, "${own}");
    ck_assert_ptr_null(send.headers[1].value);
    ck_assert_int_eq(send.body.kind, SPEC_BODY_JSON);
    ck_assert_ptr_null(send.call);
    spec_send_fini(&send);
    spec_send_fini(&send);
    spec_send_fini(NULL);
}
END_TEST

static const struct {
    const char *yaml;
    const char *says;
} refused[] = {
    {"{call: create}", "no call is declared here"},
    {"{method: PUT}", "`method` and `path`"},
    {"{method: PUT, path: /, body: small}", "no body has a name here"},
    {"{method: PUT, path: /, as: adminn}", "did you mean \"admin\"?"},
    {"{method: PUT, path: \"/${\"}", "no closing brace"},
    {"{method: PUT, path: /, pause_after: 1}", "unknown key \"pause_after\""},
    {"{method: PUT, path: /, headers: [a]}", "expected a mapping"},
    {"[]", "expected a mapping"},
};

START_TEST(what_is_wrong_with_it_is_told)
{
    struct problems problems = {0};
    struct spec_send send = {.pause_after = (char *)1}; /* not written on failure */
    problems_add(&problems, (struct yaml_place){"t.yaml", 1, 1}, "from before");
    ck_assert(!parse(refused[_i].yaml, &problems, &send));
    ck_assert_uint_eq(problems.count, 2);
    ck_assert_msg(strstr(problems.items[1].text, refused[_i].says) != NULL, "%s", problems.items[1].text);
    ck_assert_ptr_eq(send.pause_after, (char *)1);
    problems_fini(&problems);
}
END_TEST

TCase *spec_send_tests(void)
{
    TCase *tests = tcase_create("spec_send");
    tcase_add_test(tests, a_send_outside_the_suite_is_read);
    tcase_add_loop_test(tests, what_is_wrong_with_it_is_told, 0, TESTING_COUNT(refused));
    return tests;
}
