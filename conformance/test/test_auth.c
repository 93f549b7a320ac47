/* What Keystone is asked, and what becomes of what it answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/auth/auth.h"
#include "conformance/test/loopback.h"
#include "conformance/test/test_judge.h"

#define SECRET         "s3cret"
#define HEAD_MAX_BYTES 4096
#define LATE_MS        20000
#define TIMEOUT_MS     300
#define NESTED         5000

/* ---- an answer that has come ---- */

#define TIMES(issued, expires) "{\"token\":{\"issued_at\":\"" issued "\",\"expires_at\":\"" expires "\"}}"

static const struct {
    const char *name;
    int status;
    const char *token; /* NULL: no header */
    const char *body;
    uint64_t life_s;     /* 0: refused */
    const char *project; /* NULL: none */
    const char *fragment;
} answers[] = {
    {"a token of a project", 201, "t", "{\"token\":{\"project\":{\"id\":\"p\"}}}", 3600, "p", ""},
    {"a token of no project", 201, "t", "{\"token\":{}}", 3600, NULL, ""},
    {"an hour and a half", 201, "t", TIMES("2026-11-21T09:00:00.000000Z", "2026-11-21T10:30:00.000000Z"),
     5400, NULL, ""},
    {"over the end of a year", 201, "t", TIMES("2026-12-31T23:59:59Z", "2027-01-01T00:00:09Z"), 10, NULL, ""},
    {"it ends before it begins", 201, "t", TIMES("2026-11-21T10:00:00Z", "2026-11-21T09:00:00Z"), 3600, NULL,
     ""},
    {"it ends when it begins", 201, "t", TIMES("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"), 3600, NULL,
     ""},
    {"times that are none", 201, "t", TIMES("now", "later"), 3600, NULL, ""},
    {"times that are numbers", 201, "t", "{\"token\":{\"issued_at\":1,\"expires_at\":2}}", 3600, NULL, ""},
    {"a project that is a text", 201, "t", "{\"token\":{\"project\":\"p\"}}", 3600, NULL, ""},
    {"a project whose id is a number", 201, "t", "{\"token\":{\"project\":{\"id\":7}}}", 3600, NULL, ""},
    {"refused", 401, NULL, "{\"error\":{\"message\":\"" SECRET "\"}}", 0, NULL,
     "the credentials are refused (401)"},
    {"refused with a token", 401, "t", "{\"token\":{}}", 0, NULL, "refused (401)"},
    {"another success", 200, "t", "{\"token\":{}}", 0, NULL, "answered 200, expected 201"},
    {"a redirection", 300, "t", "{\"token\":{}}", 0, NULL, "answered 300"},
    {"out of order", 503, NULL, SECRET, 0, NULL, "answered 503"},
    {"no header", 201, NULL, "{\"token\":{}}", 0, NULL, "no header X-Subject-Token"},
    {"an empty header", 201, "", "{\"token\":{}}", 0, NULL, "no header X-Subject-Token"},
    {"no body", 201, "t", "", 0, NULL, "no \"token\" in the body"},
    {"no JSON", 201, "t", "<html>" SECRET "</html>", 0, NULL, "no \"token\" in the body"},
    {"half a JSON", 201, "t", "{\"token\":{", 0, NULL, "no \"token\" in the body"},
    {"a list", 201, "t", "[{\"token\":{}}]", 0, NULL, "no \"token\" in the body"},
    {"a text", 201, "t", "\"token\"", 0, NULL, "no \"token\" in the body"},
    {"a token that is a text", 201, "t", "{\"token\":\"" SECRET "\"}", 0, NULL, "no \"token\" in the body"},
    {"a token that is null", 201, "t", "{\"token\":null}", 0, NULL, "no \"token\" in the body"},
    {"what version 2 answered", 201, "t", "{\"access\":{\"token\":{\"id\":\"t\"}}}", 0, NULL, "no \"token\""},
};

static struct answer made_answer(int status, const char *token, const char *body)
{
    struct answer answer = {.status = status, .body = mem_dup(body), .body_bytes = strlen(body)};
    answer.body_kept = strlen(body);
    if (token)
        *mem_append(&answer.headers, &answer.header_count) =
            (struct answer_header){mem_dup("x-subject-token"), mem_dup(token)};
    return answer;
}

static void answer_end(struct answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        free(answer->headers[i].name);
        free(answer->headers[i].value);
    }
    free(answer->headers);
    free(answer->body);
    json_decref(answer->json);
}

START_TEST(reads_what_was_issued)
{
    struct err err = ERR_INIT;
    struct issued issued = {0};
    struct answer answer = made_answer(answers[_i].status, answers[_i].token, answers[_i].body);
    bool read = issued_read(&answer, "keystone", &issued, &err);
    ck_assert_msg(read == (answers[_i].life_s > 0), "%s: %s", answers[_i].name, err.text);
    ck_assert_msg(strstr(err.text, answers[_i].fragment) != NULL, "%s: %s", answers[_i].name, err.text);
    ck_assert_ptr_null(strstr(err.text, SECRET));
    if (read) {
        ck_assert_str_eq(issued.token, answers[_i].token);
        ck_assert_msg(issued.life_s == answers[_i].life_s, "%s: %ju s", answers[_i].name,
                      (uintmax_t)issued.life_s);
        ck_assert_pstr_eq(issued_project(&issued), answers[_i].project);
    }
    issued_fini(&issued);
    answer_end(&answer);
}
END_TEST

START_TEST(reads_nothing_that_is_nested_too_deeply)
{
    static char body[2 * NESTED + 64] = "{\"token\":{\"catalog\":";
    struct err err = ERR_INIT;
    struct issued issued;
    size_t length = strlen(body);
    memset(body + length, '[', NESTED);
    memset(body + length + NESTED, ']', NESTED);
    memcpy(body + length + (size_t)2 * NESTED, "}}", sizeof "}}");
    struct answer answer = made_answer(201, "t", body);
    ck_assert(!issued_read(&answer, "keystone", &issued, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "no \"token\" in the body"));
    answer_end(&answer);
}
END_TEST

/* ---- its catalog ---- */

#define ENDPOINT(region, interface, url)                                                                     \
    "{\"region\":\"" region "\",\"interface\":\"" interface "\",\"url\":\"" url "\"}"
#define IMAGE(endpoints) "[{\"type\":\"image\",\"endpoints\":[" endpoints "]}]"
#define SOME                                                                                                 \
    ENDPOINT("far", "public", "http://far")                                                                  \
    "," ENDPOINT("near", "public", "http://near/v2/") "," ENDPOINT("near", "admin", "http://near:1")

static const struct {
    const char *name;
    const char *catalog;
    const char *region;
    const char *interface;
    const char *url; /* NULL: none is found */
    const char *fragment;
} catalogs[] = {
    {"the first public one", IMAGE(SOME), NULL, NULL, "http://far", ""},
    {"of a region, without its version", IMAGE(SOME), "near", NULL, "http://near", ""},
    {"of an interface", IMAGE(SOME), NULL, "admin", "http://near:1", ""},
    {"of another service's region",
     "[{\"type\":\"volume\",\"endpoints\":[" ENDPOINT("r", "public", "http://v") "]}]", "r", NULL, NULL,
     "no image service, region r, interface public; it has: volume/r/public"},
    {"no such region", IMAGE(SOME), "elsewhere", NULL, NULL,
     "region elsewhere, interface public; it has: image/far/p"},
    {"no such interface", IMAGE(SOME), "far", "internal", NULL,
     "interface internal; it has: image/far/public, "},
    {"no services", "[]", NULL, NULL, NULL, "region (any), interface public; it has: nothing"},
    {"null", "null", NULL, NULL, NULL, "it has: nothing"},
    {"a text", "\"http://x\"", NULL, NULL, NULL, "it has: nothing"},
    {"an object", "{\"image\":{\"url\":\"http://x\"}}", NULL, NULL, NULL, "it has: nothing"},
    {"services that are numbers", "[1,2]", NULL, NULL, NULL, "it has: nothing"},
    {"endpoints that are a text", "[{\"type\":\"image\",\"endpoints\":\"http://x\"}]", NULL, NULL, NULL,
     "nothing"},
    {"endpoints that are texts", IMAGE("\"http://x\""), NULL, NULL, NULL, "image/?/? (without a url)"},
    {"an endpoint of no type", "[{\"endpoints\":[" ENDPOINT("r", "public", "http://x") "]}]", NULL, NULL,
     NULL, "it has: ?/r/public"},
    {"a url that is a number", IMAGE("{\"interface\":\"public\",\"url\":7}"), NULL, NULL, NULL,
     "image/?/public (without a url)"},
    {"a url that is none, and then one", IMAGE("{\"interface\":\"public\",\"url\":null}," SOME), NULL, NULL,
     "http://far", ""},
    {"a url that is no address", IMAGE(ENDPOINT("r", "public", "far away")), NULL, NULL, NULL,
     "the catalog's image service"},
    {"a url of another protocol", IMAGE(ENDPOINT("r", "public", "file:///etc/passwd")), NULL, NULL, NULL,
     "is no address"},
    {"a url with a password", IMAGE(ENDPOINT("r", "public", "http://me:" SECRET "@x")), NULL, NULL, NULL,
     "refused"},
};

START_TEST(finds_a_service)
{
    struct err err = ERR_INIT;
    char type[] = "image";
    CLEANUP(text) char *region = mem_dup(catalogs[_i].region);
    CLEANUP(text) char *interface = mem_dup(catalogs[_i].interface);
    CLEANUP(text) char *body = mem_printf("{\"token\":{\"catalog\":%s}}", catalogs[_i].catalog);
    struct answer answer = made_answer(201, "t", body);
    struct issued issued;
    ck_assert(issued_read(&answer, "keystone", &issued, &err));
    CLEANUP(text) char *url = issued_endpoint(&issued, &(struct auth_service){type, region, interface}, &err);
    ck_assert_pstr_eq(url, catalogs[_i].url);
    ck_assert_msg(strstr(err.text, catalogs[_i].fragment) != NULL, "%s: %s", catalogs[_i].name, err.text);
    ck_assert_ptr_null(strstr(err.text, SECRET));
    ck_assert_int_eq(err.code != ERR_NONE, !url);
    issued_fini(&issued);
    answer_end(&answer);
}
END_TEST

/* ---- what is told of an identity ---- */

#define TOLD_MAX 8

struct told {
    enum auth_setting setting;
    const char *value;
};

#define PASSWORD                                                                                             \
    {AUTH_USERNAME, "u"}, {AUTH_PASSWORD, SECRET},                                                           \
    {                                                                                                        \
        AUTH_PROJECT_NAME, "p"                                                                               \
    }
#define URL                                                                                                  \
    {                                                                                                        \
        AUTH_AUTH_URL, "http://127.0.0.1:1"                                                                  \
    }

static const struct {
    const char *name;
    const char *method; /* NULL: guessed */
    struct told told[TOLD_MAX];
    const char *fragment; /* of the complaint */
} refused[] = {
    {"nothing", NULL, {{0}}, "auth_url is missing"},
    {"no address", NULL, {PASSWORD}, "auth_url is missing"},
    {"an address alone", NULL, {URL}, "a password, an application credential, or a token"},
    {"no password",
     NULL,
     {URL, {AUTH_USERNAME, "u"}, {AUTH_PROJECT_NAME, "p"}},
     "not said how to authenticate"},
    {"no user",
     NULL,
     {URL, {AUTH_PASSWORD, SECRET}, {AUTH_PROJECT_NAME, "p"}},
     "not said how to authenticate"},
    {"no project",
     NULL,
     {URL, {AUTH_USERNAME, "u"}, {AUTH_PASSWORD, SECRET}},
     "not said how to authenticate"},
    {"a credential without its secret",
     NULL,
     {URL, {AUTH_CREDENTIAL_ID, "c"}},
     "not said how to authenticate"},
    {"a credential's name without a user",
     NULL,
     {URL, {AUTH_CREDENTIAL_NAME, "c"}, {AUTH_CREDENTIAL_SECRET, SECRET}},
     "not said how to authenticate"},
    {"another method than is told", "token", {URL, PASSWORD}, "not said how to authenticate: token"},
    {"no such method", "kerberos", {URL, PASSWORD}, "there is no method 'kerberos'"},
    {"a password in Latin-1",
     NULL,
     {URL, {AUTH_USERNAME, "u"}, {AUTH_PASSWORD, SECRET "\xe9"}, {AUTH_PROJECT_ID, "p"}},
     "password is no UTF-8"},
    {"a user in Latin-1",
     NULL,
     {URL, {AUTH_USERNAME, "\xe9"}, {AUTH_PASSWORD, SECRET}, {AUTH_PROJECT_ID, "p"}},
     "username is no UTF-8"},
};

static struct auth_settings made_settings(const struct told told[static TOLD_MAX], const char *url)
{
    struct auth_settings settings = {0};
    for (size_t i = 0; i < TOLD_MAX && told[i].value; i++)
        auth_settings_set(&settings, auth_setting_keys[told[i].setting], told[i].value);
    if (url)
        auth_settings_set(&settings, "auth_url", url);
    return settings;
}

START_TEST(refuses_what_says_too_little)
{
    struct err err = ERR_INIT;
    struct auth_settings settings = made_settings(refused[_i].told, NULL);
    ck_assert_msg(!auth_new(&settings, refused[_i].method, &err), "%s", refused[_i].name);
    ck_assert_msg(strstr(err.text, refused[_i].fragment) != NULL, "%s: %s", refused[_i].name, err.text);
    ck_assert_ptr_null(strstr(err.text, SECRET));
    auth_settings_fini(&settings); /* they are still ours */
}
END_TEST

/* ---- over the wire ---- */

struct keystone {
    const char *reply; /* to each request; "": none */
    const char *more;  /* without end, after it; NULL: nothing */
    size_t lost;       /* so many connections are closed without an answer first */
    char asked[HEAD_MAX_BYTES];
};

static void serve_keystone(int fd, size_t number, void *context)
{
    struct keystone *keystone = context;
    char head[HEAD_MAX_BYTES];
    bool there = loopback_read_head(fd, head, sizeof head);
    const char *length = there ? strstr(head, "Content-Length: ") : NULL;
    size_t left = length ? strtoul(length + strlen("Content-Length: "), NULL, 10) : 0;
    for (size_t i = 0; there && i < left && i + 1 < sizeof keystone->asked; i++)
        there = read(fd, keystone->asked + i, 1) == 1;
    if (!there || number < keystone->lost)
        return;
    there = loopback_write(fd, keystone->reply, strlen(keystone->reply));
    if (there && !*keystone->reply)
        loopback_read_head(fd, head, sizeof head); /* until the other side has had enough */
    while (there && keystone->more)
        there = loopback_write(fd, keystone->more, strlen(keystone->more));
}

static struct auth *auth_at(const char *url, const struct told told[static TOLD_MAX], uint64_t timeout_ms)
{
    struct err err = ERR_INIT;
    struct auth_settings settings = made_settings(told, url);
    struct auth *auth = auth_new(&settings, NULL, &err);
    ck_assert_msg(auth != NULL, "%s", err.text);
    auth_use_options(auth,
                     &(struct subject_options){.timeout_ms = timeout_ms, .connect_timeout_ms = timeout_ms});
    return auth;
}

#define CREATED "HTTP/1.1 201 Created\r\nContent-Length: "
#define GOOD    CREATED "12\r\nX-Subject-Token: t-1\r\n\r\n{\"token\":{}}"

#define SCOPE_P "\"scope\":{\"project\":{\"name\":\"p\",\"domain\":{\"id\":\"default\"}}}"

static const struct {
    const char *name;
    struct told told[TOLD_MAX];
    const char *asked; /* the body, whose names are in this order */
} methods[] = {
    {"a password",
     {PASSWORD},
     "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"u\",\"domain\":{"
     "\"id\":"
     "\"default\"},\"password\":\"s3cret\"}}}," SCOPE_P "}}"},
    {"ids, and quotes in a password",
     {{AUTH_USER_ID, "7"}, {AUTH_PASSWORD, "\"\\${x}"}, {AUTH_PROJECT_ID, "9"}},
     "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"id\":\"7\",\"password\":"
     "\"\\\"\\\\${x}\"}}},\"scope\":{\"project\":{\"id\":\"9\"}}}}"},
    {"a domain's name",
     {{AUTH_TOKEN, "old"}, {AUTH_PROJECT_NAME, "p"}, {AUTH_PROJECT_DOMAIN_NAME, "d"}},
     "{\"auth\":{\"identity\":{\"methods\":[\"token\"],\"token\":{\"id\":\"old\"}},\"scope\":{\"project\":{"
     "\"name\":"
     "\"p\",\"domain\":{\"name\":\"d\"}}}}}"},
    {"a credential asks for no scope",
     {{AUTH_CREDENTIAL_ID, "c"}, {AUTH_CREDENTIAL_SECRET, SECRET}, {AUTH_PROJECT_NAME, "p"}},
     "{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],\"application_credential\":{"
     "\"secret\":"
     "\"s3cret\",\"id\":\"c\"}}}}"},
};

START_TEST(asks_as_the_identity_api_says)
{
    struct err err = ERR_INIT;
    struct loopback loopback;
    struct keystone keystone = {.reply = GOOD};
    loopback_start(&loopback, serve_keystone, &keystone);
    struct auth *auth = auth_at(loopback.url, methods[_i].told, LATE_MS);
    CLEANUP(text) char *token = auth_token(auth, &err);
    CLEANUP(text) char *again = auth_token(auth, &err);
    ck_assert_pstr_eq(token, "t-1");
    ck_assert_pstr_eq(again, "t-1");
    loopback_stop(&loopback);
    ck_assert_uint_eq(loopback.count, 1);
    ck_assert_str_eq(keystone.asked, methods[_i].asked);
    auth_free(auth);
}
END_TEST

START_TEST(a_refused_token_is_issued_anew_once)
{
    static const struct told told[TOLD_MAX] = {PASSWORD};
    struct loopback loopback;
    struct keystone keystone = {.reply = GOOD};
    loopback_start(&loopback, serve_keystone, &keystone);
    struct auth *auth = auth_at(loopback.url, told, LATE_MS);
    free(auth_token(auth, NULL));
    ck_assert(auth_token_refused(auth, "one that was replaced long ago"));
    free(auth_token(auth, NULL));
    ck_assert(!auth_token_refused(auth, "t-1"));
    free(auth_token(auth, NULL));
    free(auth_token(auth, NULL));
    loopback_stop(&loopback);
    ck_assert_uint_eq(loopback.count, 2);
    auth_free(auth);
}
END_TEST

/* A second, counted from when it was asked for. */
START_TEST(a_token_runs_out)
{
    static const struct told told[TOLD_MAX] = {PASSWORD};
    struct loopback loopback;
    struct keystone keystone = {.reply = CREATED "82\r\nX-Subject-Token: t-1\r\n\r\n"
                                                 "{\"token\":{\"issued_at\":\"2026-11-21T09:00:00Z\","
                                                 "\"expires_at\":\"2026-11-21T09:00:01Z\"}}"};
    loopback_start(&loopback, serve_keystone, &keystone);
    struct auth *auth = auth_at(loopback.url, told, LATE_MS);
    free(auth_token(auth, NULL));
    while (!auth_token_refused(auth, "t-1")) /* the test has a time-out */
        clock_sleep_ms(1);
    loopback_stop(&loopback);
    auth_free(auth);
}
END_TEST

static const struct {
    const char *name;
    const char *reply;
    const char *more;
    size_t lost;
    uint64_t timeout_ms;
    const char *fragment; /* of the complaint; NULL: a token */
} liars[] = {
    {"loses a connection", GOOD, NULL, 1, LATE_MS, NULL},
    {"loses two", GOOD, NULL, 2, LATE_MS, NULL},
    {"loses all", GOOD, NULL, 9, LATE_MS, "Empty reply"},
    {"stays silent", "", NULL, 0, TIMEOUT_MS, "no whole answer"},
    {"speaks another protocol", "220 ready\r\n", NULL, 0, LATE_MS, "HTTP/0.9"},
    {"closes within the body", CREATED "100\r\nX-Subject-Token: t\r\n\r\n{\"token\":", NULL, 0, LATE_MS,
     "remaining"},
    {"never ends its headers", "HTTP/1.1 201 Created\r\n", "X-A: b\r\n", 0, LATE_MS, "do not end"},
    {"never ends its body", "HTTP/1.1 201 Created\r\nX-Subject-Token: t\r\n\r\n", "[[[[", 0, LATE_MS,
     "the body went on after 1048576 bytes"},
    {"sends its page", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", NULL, 0, LATE_MS,
     "answered 200"},
    {"moves elsewhere", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
     NULL, 0, LATE_MS, "answered 302"},
};

START_TEST(sees_through_a_keystone)
{
    static const struct told told[TOLD_MAX] = {PASSWORD};
    struct err err = ERR_INIT;
    struct loopback loopback;
    struct keystone keystone = {liars[_i].reply, liars[_i].more, liars[_i].lost, ""};
    loopback_start(&loopback, serve_keystone, &keystone);
    struct auth *auth = auth_at(loopback.url, told, liars[_i].timeout_ms);
    CLEANUP(text) char *token = auth_token(auth, &err);
    ck_assert_msg((token == NULL) == (liars[_i].fragment != NULL), "%s: %s", liars[_i].name, err.text);
    ck_assert_msg(!liars[_i].fragment || strstr(err.text, liars[_i].fragment), "%s: %s", liars[_i].name,
                  err.text);
    ck_assert_ptr_null(strstr(err.text, SECRET));
    auth_free(auth);
    loopback_stop(&loopback);
}
END_TEST

TCase *tests_of_auth(void)
{
    TCase *tests = tcase_create("auth");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, reads_what_was_issued, 0, TESTING_COUNT(answers));
    tcase_add_test(tests, reads_nothing_that_is_nested_too_deeply);
    tcase_add_loop_test(tests, finds_a_service, 0, TESTING_COUNT(catalogs));
    tcase_add_loop_test(tests, refuses_what_says_too_little, 0, TESTING_COUNT(refused));
    tcase_add_loop_test(tests, asks_as_the_identity_api_says, 0, TESTING_COUNT(methods));
    tcase_add_test(tests, a_refused_token_is_issued_anew_once);
    tcase_add_test(tests, a_token_runs_out);
    tcase_add_loop_test(tests, sees_through_a_keystone, 0, TESTING_COUNT(liars));
    return tests;
}
