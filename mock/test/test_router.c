#include "mock/router.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "mock/test/test_mock.h"

#define NO_TARGET (-1)

static const struct {
    const char *method;
    const char *raw;
    int result;
    enum route route;
    const char *text; /* the parameter, or what is allowed */
} table[] = {
    {"GET", "/", ROUTER_FOUND, ROUTE_list_choices, NULL},
    {"BREW", "/", ROUTER_FOUND, ROUTE_list_choices, NULL},
    {"GET", "/v2/images", ROUTER_FOUND, ROUTE_list_images, NULL},
    {"GET", "/v2/images?limit=1", ROUTER_FOUND, ROUTE_list_images, NULL},
    {"POST", "/v2/images", ROUTER_FOUND, ROUTE_create_image, NULL},
    {"GET", "/v2/images/7", ROUTER_FOUND, ROUTE_show_image, "7"},
    {"GET", "/v2/images/a%2Fb", ROUTER_FOUND, ROUTE_show_image, "a/b"},
    {"GET", "/v2/%69mages", ROUTER_FOUND, ROUTE_list_images, NULL},
    {"PUT", "/v2/images/7/file", ROUTER_FOUND, ROUTE_upload_data, "7"},
    {"PUT", "/v2/images", ROUTER_NO_METHOD, 0, "POST, GET"},
    {"HEAD", "/v2/images/7/file", ROUTER_NO_METHOD, 0, "PUT, GET"},
    {"get", "/v2/images", ROUTER_NO_METHOD, 0, "POST, GET"},
    {"GET", "/v2/images/", ROUTER_NO_PATH, 0, ""},
    {"GET", "/v2/images/7/", ROUTER_NO_PATH, 0, ""},
    {"GET", "/v2/images//file", ROUTER_NO_PATH, 0, ""},
    {"GET", "//v2/images", ROUTER_NO_PATH, 0, ""},
    {"GET", "/v2/Images", ROUTER_NO_PATH, 0, ""},
    {"GET", "/v2/", ROUTER_NO_PATH, 0, ""},
    {"GET", "/1/2/3/4/5/6/7/8", ROUTER_NO_PATH, 0, ""},
    {"GET", "/1/2/3/4/5/6/7/8/9", NO_TARGET, 0, NULL},
    {"GET", "v2/images", NO_TARGET, 0, NULL},
    {"GET", "", NO_TARGET, 0, NULL},
    {"GET", "*", NO_TARGET, 0, NULL},
    {"GET", "/v2/images/%", NO_TARGET, 0, NULL},
    {"GET", "/v2/images/%0", NO_TARGET, 0, NULL},
    {"GET", "/v2/images/%00", NO_TARGET, 0, NULL},
    {"GET", "/v2/images?name=%zz", NO_TARGET, 0, NULL},
};

START_TEST(finds_the_call)
{
    CLEANUP(text) char *raw = mem_dup(table[_i].raw);
    struct target target;
    struct buf allow;
    enum route route = 0;
    const char *parameters[ROUTER_PARAMETERS_MAX] = {0};
    if (!target_parse(raw, &target)) {
        ck_assert_msg(table[_i].result == NO_TARGET, "%s", table[_i].raw);
        return;
    }
    buf_init(&allow, 256);
    int result = (int)router_find(&target, table[_i].method, &route, parameters, &allow);
    ck_assert_msg(result == table[_i].result && route == table[_i].route, "%s %s", table[_i].method,
                  table[_i].raw);
    ck_assert_pstr_eq(result == ROUTER_FOUND ? parameters[0] : allow.data, table[_i].text);
    buf_fini(&allow);
}
END_TEST

START_TEST(decodes_queries)
{
    char raw[] = "/?a=1&b=x%20y+z&c&&=d&a=2";
    struct target target;
    ck_assert(target_parse(raw, &target));
    ck_assert_uint_eq(target.query_count, 5);
    ck_assert_str_eq(target_query(&target, "a"), "1");
    ck_assert_str_eq(target_query(&target, "b"), "x y z");
    ck_assert_str_eq(target_query(&target, "c"), "");
    ck_assert_ptr_null(target_query(&target, "d"));
}
END_TEST

START_TEST(refuses_too_many_queries)
{
    struct buf raw;
    struct target target;
    buf_init(&raw, 1024);
    buf_puts(&raw, "/?");
    for (int i = 0; i <= TARGET_QUERIES_MAX; i++)
        buf_puts(&raw, "a=1&");
    ck_assert(!target_parse(raw.data, &target));
    buf_fini(&raw);
}
END_TEST

TCase *router_tests(void)
{
    TCase *tests = tcase_create("router");
    tcase_add_loop_test(tests, finds_the_call, 0, TESTING_COUNT(table));
    tcase_add_test(tests, decodes_queries);
    tcase_add_test(tests, refuses_too_many_queries);
    return tests;
}
