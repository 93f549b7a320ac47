#include "mock/socket.h"

#include <string.h>
#include <unistd.h>

#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *text;
    const char *complaint; /* NULL: good */
} table[] = {
    {"127.0.0.1:9292", NULL},
    {"127.0.0.2:0", NULL},
    {"localhost:80", NULL},
    {"[::1]:9292", NULL},
    {"0.0.0.0:9292", "not a loopback address"},
    {"192.0.2.1:9292", "not a loopback address"},
    {"[::]:9292", "not a loopback address"},
    {"example.org:80", "no IP address"},
    {":80", "no IP address"},
    {"127.0.0.1", "no address to listen on"},
    {"127.0.0.1:", "no address to listen on"},
    {"127.0.0.1:65536", "no address to listen on"},
    {"127.0.0.1:http", "no address to listen on"},
    {"", "no address to listen on"},
};

START_TEST(accepts_loopback_only)
{
    struct listen_address address;
    struct err err = ERR_INIT;
    bool good = listen_address_parse(table[_i].text, &address, &err);
    ck_assert_msg(good == !table[_i].complaint, "%s", table[_i].text);
    ck_assert_msg(good || strstr(err.text, table[_i].complaint), "%s: %s", table[_i].text, err.text);
}
END_TEST

START_TEST(says_that_a_port_is_busy)
{
    struct listen_address address = {.bytes = {127, 0, 0, 1}};
    struct err err = ERR_INIT;
    int first;
    int second;
    ck_assert(listen_open(&address, &first, &address.port, &err));
    uint16_t port = 0;
    ck_assert(!listen_open(&address, &second, &port, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "is busy"));
    close(first);
}
END_TEST

TCase *socket_tests(void)
{
    TCase *tests = tcase_create("socket");
    tcase_add_loop_test(tests, accepts_loopback_only, 0, TESTING_COUNT(table));
    tcase_add_test(tests, says_that_a_port_is_busy);
    return tests;
}
