#include "mock/v1/query.h"

#include "base/mem.h"
#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *query;
    bool good;
} queries[] = {
    {"", true},
    {"name=x&status=nothing&disk_format=x", true},
    {"colour=blue", true},
    {"size_min=0&size_max=18446744073709551615", true},
    {"limit=0", true},
    {"limit=100000", true},
    {"sort_key=size&sort_dir=asc", true},
    {"sort_dir=desc", true},
    {"changes-since=2016-05-10T21:41:41Z", true},
    {"is_public=None&protected=TRUE&deleted=false", true},
    {"limit=x&limit=1", true}, /* the last one counts */
    {"property-=x", true},
    {"limit=1&limit=x", false},
    {"limit=", false},
    {"limit=-1", false},
    {"limit=1.0", false},
    {"size_min=-1", false},
    {"size_max=18446744073709551616", false},
    {"min_ram=x", false},
    {"min_disk=x", false},
    {"sort_key=owner", false},
    {"sort_key=", false},
    {"sort_dir=up", false},
    {"sort_dir=", false},
    {"changes-since=", false},
    {"changes-since=2015-02-29", false},
    {"is_public=maybe", false},
    {"protected=maybe", false},
};

START_TEST(takes_queries)
{
    struct mock mock = {0};
    struct v1_query query;
    struct refusal refusal = {0};
    CLEANUP(text) char *raw = mem_printf("/v1/images?%s", queries[_i].query);
    struct exchange *exchange = exchange_new(&mock, NULL, raw);
    ck_assert(target_parse(exchange->raw_target, &exchange->target));
    for (int detailed = 0; detailed < 2; detailed++) {
        bool good = v1_query_parse(exchange, detailed, &query, &refusal);
        ck_assert_msg(good == queries[_i].good, "'%s'", queries[_i].query);
        ck_assert_int_eq(refusal.status, good ? 0 : 400);
        ck_assert(!good || query.listing.limit <= 1000);
    }
    exchange_free(exchange);
}
END_TEST

TCase *query_tests(void)
{
    TCase *tests = tcase_create("query");
    tcase_add_loop_test(tests, takes_queries, 0, TESTING_COUNT(queries));
    return tests;
}
