#include <stdlib.h>

#include "base/testing.h"
#include "conformance/diff/normal.h"
#include "conformance/diff/test/test_diff.h"

static const struct {
    const char *text;
    const char *normal;
} table[] = {
    {"", ""},
    {"http://127.0.0.1:9292/v2/images/8a1f9c0e-3f7e-4a9e-9a59-0c1d2e3f4a5b/file",
     "<subject>/v2/images/<uuid>/file"},
    {"imageproof 1f0c2a9b-17", "imageproof <run>-17"},
    {"2026-11-21T14:39:52Z, 2026-11-21T14:39:52.123", "<time>, <time>"},
    {"Sat, 21 Nov 2026 14:39:52 GMT", "<time>"},
    {"\"0cc175b9c0f1b6a831c399e269772661\"", "\"<32 hex digits>\""},
    {"req-8A1F9C0E-3F7E-4A9E-9A59-0C1D2E3F4A5B", "req-<uuid>"},
    /* what only looks like it */
    {"8a1f9c0e-3f7e-4a9e-9a59-0c1d2e3f4a5", "8a1f9c0e-3f7e-4a9e-9a59-0c1d2e3f4a5"},
    {"8a1f9c0e_3f7e-4a9e-9a59-0c1d2e3f4a5b", "8a1f9c0e_3f7e-4a9e-9a59-0c1d2e3f4a5b"},
    {"2026-11-21", "2026-11-21"},
    {"Sat, 21 Nov 2026 14:39:52", "Sat, 21 Nov 2026 14:39:52"},
    {"0cc175b9c0f1b6a831c399e26977266", "0cc175b9c0f1b6a831c399e26977266"},
    {"http://127.0.0.1:929", "http://127.0.0.1:929"},
    {"bytes 0-4/20", "bytes 0-4/20"},
};

START_TEST(takes_chance_out)
{
    static const struct normal_names names = {"http://127.0.0.1:9292", "1f0c2a9b"};
    char *normal = normal_text(table[_i].text, &names);
    ck_assert_str_eq(normal, table[_i].normal);
    free(normal);
}
END_TEST

START_TEST(knows_no_names)
{
    static const struct normal_names nobody = {0};
    char *normal = normal_text("1f0c2a9b at http://127.0.0.1:9292", &nobody);
    ck_assert_str_eq(normal, "1f0c2a9b at http://127.0.0.1:9292");
    free(normal);
}
END_TEST

TCase *tests_of_normal(void)
{
    TCase *tests = tcase_create("normal");
    tcase_add_loop_test(tests, takes_chance_out, 0, TESTING_COUNT(table));
    tcase_add_test(tests, knows_no_names);
    return tests;
}
