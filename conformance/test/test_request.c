#include <stdlib.h>
#include <string.h>

#include "base/testing.h"
#include "conformance/case/request.h"
#include "conformance/test/test_judge.h"

static struct target *some_target(void)
{
    return target_from_url("http://127.0.0.1:9292/image/", "alice:demo:member", NULL);
}

static struct request *make(const char *yaml, struct err *err)
{
    struct yaml_tree *tree = yaml_tree_parse(yaml, strlen(yaml), "test", err);
    struct problems problems = {0};
    struct spec_send send;
    ck_assert_msg(spec_send_parse(&tree->root, &problems, &send), "%s: %s", yaml,
                  problems.count ? problems.items[0].text : "");
    struct target *target = some_target();
    struct vars *vars = vars_new(NULL);
    vars_set_text(vars, "id", "a/b ?&");
    struct request *request = request_make(&send, target, "", vars, err);
    vars_free(vars);
    target_free(target);
    spec_send_fini(&send);
    yaml_tree_free(tree);
    return request;
}

static const char *header_of(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->wire.header_count; i++) {
        if (strcmp(request->wire.headers[i].name, name) == 0)
            return request->wire.headers[i].value ? request->wire.headers[i].value : "left out";
    }
    return NULL;
}

static const struct {
    const char *yaml;
    const char *url;
    const char *token;
    const char *type;
} table[] = {
    {"{method: GET, path: /v2/images}", "http://127.0.0.1:9292/image/v2/images", "alice:demo:member", NULL},
    {"{method: GET, path: /x, as: anonymous}", "http://127.0.0.1:9292/image/x", NULL, NULL},
    {"{method: GET, path: /x, query: {\"a b\": \"${id}\", c: 1}}",
     "http://127.0.0.1:9292/image/x?a%20b=a%2Fb%20%3F%26&c=1", "alice:demo:member", NULL},
    {"{method: POST, path: /x, json: {id: \"${id}\"}}", "http://127.0.0.1:9292/image/x", "alice:demo:member",
     "application/json"},
    {"{method: POST, path: /x, json: {}, headers: {Content-Type: text/plain, X-Auth-Token: other}}",
     "http://127.0.0.1:9292/image/x", "other", "text/plain"},
    {"{method: PUT, path: /x, body: {text: x}, headers: {Content-Type: null}}",
     "http://127.0.0.1:9292/image/x", "alice:demo:member", "left out"},
};

START_TEST(makes)
{
    struct err err = ERR_INIT;
    struct request *request = make(table[_i].yaml, &err);
    ck_assert_msg(request != NULL, "%s: %s", table[_i].yaml, err.text);
    ck_assert_str_eq(request->wire.url, table[_i].url);
    ck_assert_pstr_eq(header_of(request, "X-Auth-Token"), table[_i].token);
    ck_assert_pstr_eq(header_of(request, "Content-Type"), table[_i].type);
    request_free(request);
}
END_TEST

START_TEST(says_what_is_missing)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(make("{method: GET, path: \"/v2/${none}\"}", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "none"));
}
END_TEST

TCase *tests_of_request(void)
{
    TCase *tests = tcase_create("request");
    tcase_add_loop_test(tests, makes, 0, TESTING_COUNT(table));
    tcase_add_test(tests, says_what_is_missing);
    return tests;
}
