#include "mock/token.h"

#include <string.h>

#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *token;
    const char *user;
    const char *project;
    bool admin;
    bool member;
} good[] = {
    {"alice:a:member", "alice", "a", false, true},        {"alice/a/member", "alice", "a", false, true},
    {"alice%3Aa%3Amember", "alice", "a", false, true},    {"alice%3aa%2Fmember", "alice", "a", false, true},
    {"root:admin:admin", "root", "admin", true, true},    {"alice:a:reader", "alice", "a", false, false},
    {"alice:a:reader,member", "alice", "a", false, true}, {"alice:a:ADMIN", "alice", "a", true, true},
    {"alice:none:admin", "alice", "", true, true},        {"alice:a:", "alice", "a", false, false},
    {"alice:a:memberships", "alice", "a", false, false},
};

static const char *const bad[] = {
    "",
    "alice",
    "alice:a",
    ":a:member",
    "alice:a:member:more",
    "alice/a/member/more",
    "alice%",
    "alice%3:a:member",
    "alice%zz:a:member",
    "alice%00:a:member",
};

START_TEST(reads_a_token)
{
    struct identity identity;
    ck_assert(token_parse(good[_i].token, &identity));
    ck_assert_str_eq(identity.user, good[_i].user);
    ck_assert_str_eq(identity.project, good[_i].project);
    ck_assert_msg(identity.admin == good[_i].admin && identity.member == good[_i].member, "%s",
                  good[_i].token);
}
END_TEST

START_TEST(refuses_what_is_no_token)
{
    struct identity identity = {.user = "before"};
    ck_assert_msg(!token_parse(bad[_i], &identity), "'%s'", bad[_i]);
    ck_assert_str_eq(identity.user, "before");
}
END_TEST

START_TEST(refuses_names_that_are_too_long)
{
    char token[400];
    struct identity identity;
    memset(token, 'x', sizeof token);
    memcpy(token + IDENTITY_NAME_SIZE, ":a:member", sizeof ":a:member");
    ck_assert(!token_parse(token, &identity));
    ck_assert(token_parse(token + 1, &identity));
}
END_TEST

TCase *token_tests(void)
{
    TCase *tests = tcase_create("token");
    tcase_add_loop_test(tests, reads_a_token, 0, TESTING_COUNT(good));
    tcase_add_loop_test(tests, refuses_what_is_no_token, 0, TESTING_COUNT(bad));
    tcase_add_test(tests, refuses_names_that_are_too_long);
    return tests;
}
