#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "conformance/case/evidence.h"
#include "conformance/test/test_judge.h"

static const struct {
    const char *text;
    const char *shown;
} table[] = {
    {"nothing to see", "nothing to see"},
    {"alice:demo:member", "<redacted>"},
    {"X-Auth-Token: alice:demo:member and alice:demo:member.", "X-Auth-Token: <redacted> and <redacted>."},
    {"alice:demo:membe", "alice:demo:membe"},
    {"second-secretalice:demo:member", "<redacted><redacted>"},
    {"short", "short"}, /* too short to be a secret: it would be found everywhere */
};

static struct secrets some_secrets(void)
{
    struct secrets secrets = {0};
    secrets_add(&secrets, "alice:demo:member");
    secrets_add(&secrets, "second-secret");
    secrets_add(&secrets, "short");
    secrets_add(&secrets, NULL);
    return secrets;
}

START_TEST(takes_secrets_out)
{
    struct secrets secrets = some_secrets();
    char *shown = evidence_redact(table[_i].text, &secrets);
    ck_assert_str_eq(shown, table[_i].shown);
    free(shown);
    secrets_fini(&secrets);
}
END_TEST

static char token_name[] = "x-auth-token";
static char token_value[] = "whatever";
static char echo_name[] = "X-Echo";
static char echo_value[] = "you are alice:demo:member";
static char body_text[] = "{\"token\": \"alice:demo:member\"}";
static char error_text[] = "no answer to alice:demo:member";

/* A credential must not get out by any way: header, body, address, error. */
START_TEST(shows_an_exchange_without_credentials)
{
    struct secrets secrets = some_secrets();
    struct answer_header sent[] = {{token_name, token_value}};
    struct answer_header received[] = {{echo_name, echo_value}};
    char url[] = "http://127.0.0.1/?token=alice:demo:member";
    char method[] = "GET";
    char identity[] = "owner";
    struct request request = {.identity = identity, .method = method, .url = url};
    struct subject_exchange exchange = {
        .error = error_text,
        .sent_headers = sent,
        .sent_header_count = 1,
        .answer = {.status = 200,
                   .headers = received,
                   .header_count = 1,
                   .body = body_text,
                   .body_bytes = strlen(body_text),
                   .body_kept = strlen(body_text)},
        .answer_md5 = "00000000000000000000000000000000",
    };
    struct result_exchange shown;
    evidence_take(&exchange, &request, "a test", &secrets, &shown);
    ck_assert_str_eq(shown.url, "http://127.0.0.1/?token=<redacted>");
    ck_assert_str_eq(shown.request.headers[0].value, "<redacted>");
    ck_assert_str_eq(shown.response.headers[0].value, "you are <redacted>");
    ck_assert_str_eq(shown.response.body.kept, "{\"token\": \"<redacted>\"}");
    ck_assert_str_eq(shown.error, "no answer to <redacted>");
    ck_assert_uint_eq(shown.response.body.length_bytes, strlen(body_text));
    result_exchange_fini(&shown);
    secrets_fini(&secrets);
}
END_TEST

TCase *tests_of_evidence(void)
{
    TCase *tests = tcase_create("evidence");
    tcase_add_loop_test(tests, takes_secrets_out, 0, TESTING_COUNT(table));
    tcase_add_test(tests, shows_an_exchange_without_credentials);
    return tests;
}
