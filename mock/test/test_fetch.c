#include "mock/fetch.h"

#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *host;
    bool good;
} hosts[] = {
    {"127.0.0.1", true},
    {"127.0.0.1:8080", true},
    {"example.org", true},
    {"example.org:1", true},
    {"[::1]", true},
    {"[::1]:80", true},
    {"", false},
    {":80", false},
    {"example.org:", false},
    {"example.org:0", false},
    {"example.org:65536", false},
    {"example.org:http", false},
    {"example.org:-1", false},
    {"http://example.org", false},
    {"example.org/", false},
    {"user@example.org", false},
    {"example org", false},
};

START_TEST(reads_hosts)
{
    struct err err = ERR_INIT;
    struct fetcher *fetcher = fetcher_new();
    ck_assert_msg(fetcher_allow(fetcher, hosts[_i].host, &err) == hosts[_i].good, "'%s'", hosts[_i].host);
    fetcher_free(fetcher);
}
END_TEST

static const struct {
    const char *url;
    bool permitted;
} urls[] = {
    {"http://any.example/", true},
    {"http://ANY.example/x?y", true},
    {"https://any.example/x", true},
    {"HTTP://any.example:12345/x", true},
    {"http://any.example", true},
    {"http://user:password@any.example/", true},
    {"http://one.example:8080/", true},
    {"http://[::1]:8080/", true},
    {"http://one.example/", false},
    {"http://one.example:8081/", false},
    {"https://one.example/", false},
    {"http://[::1]/", false},
    {"http://[::2]:8080/", false},
    {"http://other.example/", false},
    {"http://any.example.org/", false},
    {"http://sub.any.example/", false},
    {"http://any.example@other.example/", false},
    {"http://any.example:80@other.example/", false},
    {"http://other.example\\@any.example/", true}, /* what is before the @ is a user, for the transfer too */
    {"http://other.example#@any.example/", false},
    {"http://other.example/http://any.example/", false},
    {"http://", false},
    {"http:///x", false},
    {"http://any.example:99999/", false},
    {"any.example/x", false},
    {"//any.example/x", false},
    {"/x", false},
    {"", false},
    {"file:///etc/passwd", false},
    {"file://any.example/etc/passwd", false},
    {"ftp://any.example/", false},
    {"gopher://any.example/", false},
    {"swift://any.example/", false},
    {"dict://any.example/", false},
    {"javascript:alert(1)", false},
};

START_TEST(permits)
{
    struct err err = ERR_INIT;
    struct refusal refusal = {0};
    struct fetcher *fetcher = fetcher_new();
    ck_assert(fetcher_allow(fetcher, "any.example", &err) &&
              fetcher_allow(fetcher, "one.example:8080", &err) && fetcher_allow(fetcher, "[::1]:8080", &err));
    ck_assert_msg(fetcher_permits(fetcher, urls[_i].url, &refusal) == urls[_i].permitted, "'%s'",
                  urls[_i].url);
    ck_assert_int_eq(refusal.status, urls[_i].permitted ? 0 : 400);
    fetcher_free(fetcher);
}
END_TEST

START_TEST(permits_nothing_by_itself)
{
    struct refusal refusal;
    struct fetcher *fetcher = fetcher_new();
    ck_assert(!fetcher_permits(fetcher, "http://127.0.0.1/", &refusal));
    fetcher_free(fetcher);
}
END_TEST

static bool receive(void *context, const void *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return true;
}

static void done(void *context, enum fetch_result result)
{
    *(enum fetch_result *)context = result;
}

START_TEST(fails_once_it_has_stopped)
{
    enum fetch_result result = FETCH_WHOLE;
    struct fetcher *fetcher = fetcher_new();
    const struct fetch_receiver receiver = {receive, done, &result};
    fetcher_stop(fetcher);
    fetcher_start(fetcher, "http://127.0.0.1/", &receiver);
    ck_assert_int_eq(result, FETCH_FAILED);
    fetcher_free(fetcher);
}
END_TEST

TCase *fetch_tests(void)
{
    TCase *tests = tcase_create("fetch");
    tcase_add_loop_test(tests, reads_hosts, 0, TESTING_COUNT(hosts));
    tcase_add_loop_test(tests, permits, 0, TESTING_COUNT(urls));
    tcase_add_test(tests, permits_nothing_by_itself);
    tcase_add_test(tests, fails_once_it_has_stopped);
    return tests;
}
