#include "base/testing.h"
#include "mock/gns3/general.h"
#include "mock/gns3/python.h"
#include "mock/test/test_mock.h"

/* What `print(repr(json.loads(TEXT)))` shows. */
static const struct {
    const char *json;
    const char *python;
} values[] = {
    {"{}", "{}"},
    {"[]", "[]"},
    {"{\"a\": 1, \"b\": [true, false, null]}", "{'a': 1, 'b': [True, False, None]}"},
    {"\"\"", "''"},
    {"\"it's\"", "\"it's\""},
    {"\"a \\\"b\\\"\"", "'a \"b\"'"},
    {"\"it's \\\"b\\\"\"", "'it\\'s \"b\"'"},
    {"\"\\\\ \\n\\r\\t\\u0001\\u007f\"", "'\\\\ \\n\\r\\t\\x01\\x7f'"},
    {"\"\\u0000\"", "'\\x00'"},
    {"\"gr\xc3\xbc\xc3\x9f\"", "'gr\xc3\xbc\xc3\x9f'"},
    {"-5", "-5"},
    {"9223372036854775807", "9223372036854775807"},
    {"1.0", "1.0"},
    {"-0.5", "-0.5"},
    {"1e5", "100000.0"},
    {"1e16", "1e+16"},
    {"0.1", "0.1"},
    {"1e-7", "1e-07"},
    {"1.2345678901234567", "1.2345678901234567"},
};

START_TEST(values_are_printed_as_python_does)
{
    struct buf out;
    json_error_t error;
    json_t *value = json_loads(values[_i].json, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    ck_assert_msg(value, "%s: %s", values[_i].json, error.text);
    buf_init(&out, BUF_KIB);
    python_put(&out, value);
    ck_assert_str_eq(out.data, values[_i].python);
    buf_fini(&out);
    json_decref(value);
}
END_TEST

/* RFC 4648, 10, after "Basic ". */
static const struct {
    const char *plain;
    const char *encoded;
} credentials[] = {
    {"", "Basic "},
    {"f", "Basic Zg=="},
    {"fo", "Basic Zm8="},
    {"foo", "Basic Zm9v"},
    {"foob", "Basic Zm9vYg=="},
    {"fooba", "Basic Zm9vYmE="},
    {"foobar", "Basic Zm9vYmFy"},
};

START_TEST(credentials_are_base64)
{
    char *encoded = gns3_credentials(credentials[_i].plain);
    ck_assert_str_eq(encoded, credentials[_i].encoded);
    free(encoded);
}
END_TEST

TCase *gns3_python_tests(void)
{
    TCase *tests = tcase_create("gns3 python");
    tcase_add_loop_test(tests, values_are_printed_as_python_does, 0, TESTING_COUNT(values));
    tcase_add_loop_test(tests, credentials_are_base64, 0, TESTING_COUNT(credentials));
    return tests;
}
