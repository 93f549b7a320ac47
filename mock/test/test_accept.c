#include "mock/accept.h"

#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *name;
    const char *accept;
    enum error_form form;
} table[] = {
    {"none", NULL, ERROR_PLAIN},
    {"empty", "", ERROR_PLAIN},
    {"plain text", "text/plain", ERROR_PLAIN},
    {"unknown", "application/xml", ERROR_PLAIN},
    {"anything", "*/*", ERROR_HTML},
    {"HTML", "text/html", ERROR_HTML},
    {"any text", "text/*", ERROR_HTML},
    {"JSON", "application/json", ERROR_JSON},
    {"JSON in capitals", "Application/JSON", ERROR_JSON},
    {"JSON before anything", "application/json, */*;q=0.5", ERROR_JSON},
    {"JSON with less quality", "text/html, application/json;q=0.9", ERROR_HTML},
    {"JSON not at all", "application/json;q=0", ERROR_PLAIN},
    {"anything but HTML", "*/*, text/html;q=0", ERROR_JSON},
    {"only commas", ",,, ,", ERROR_PLAIN},
    {"a range that is cut off", "application/", ERROR_PLAIN},
    {"a quality that is cut off", "application/json;q=", ERROR_PLAIN},
};

START_TEST(chooses_the_form)
{
    ck_assert_msg(accept_error_form(table[_i].accept) == table[_i].form, "%s", table[_i].name);
}
END_TEST

TCase *accept_tests(void)
{
    TCase *tests = tcase_create("accept");
    tcase_add_loop_test(tests, chooses_the_form, 0, TESTING_COUNT(table));
    return tests;
}
