#include "conformance/formats/report.h"

#include <string.h>

#include "conformance/formats/check.h"
#include "conformance/formats/test/test_formats.h"

static struct report report;
static struct check check;

static void make_report(void)
{
    static const struct check_options options = {0};
    report_init(&report);
    report.format = "qcow2";
    check = (struct check){.report = &report, .options = &options};
}

static void free_report(void)
{
    report_fini(&report);
}

START_TEST(severities_decide)
{
    static const struct {
        enum rule_index rule;
        bool sound;
        bool safe;
    } rows[] = {
        {RULE_QCOW2_HEADER_MAGIC, false, true},
        {RULE_QCOW2_REFCOUNT_LEAK, true, true},
        {RULE_QCOW2_BACKING_FILE, true, false},
        {RULE_QCOW2_FEATURE_DIRTY, true, true},
    };
    check_find(&check, rows[_i].rule, 0, "field", "text");
    ck_assert(report_is_sound(&report) == rows[_i].sound);
    ck_assert(report_is_safe(&report) == rows[_i].safe);
}
END_TEST

START_TEST(further_findings_of_a_rule_are_only_counted)
{
    for (uint64_t i = 0; i < 1000; i++)
        check_find(&check, RULE_QCOW2_REFCOUNT_LEAK, i, "refcount", "number %d", (int)i);
    check_find(&check, RULE_QCOW2_HEADER_MAGIC, 0, "magic", "is wrong");
    ck_assert_uint_eq(report.finding_count, REPORT_FINDINGS_PER_RULE + 1);
    ck_assert_uint_eq(report_omitted(&report), 1000 - REPORT_FINDINGS_PER_RULE);
    ck_assert_uint_eq(report_count(&report, SEVERITY_LEAK), 1000);
}
END_TEST

START_TEST(what_comes_from_an_image_is_shown_as_one_line)
{
    check_find(&check, RULE_QCOW2_BACKING_FILE, 8, "backing file name", "is %s", "a\nb\x1b[31m\xff");
    ck_assert_str_eq(report.findings[0].text, "is a?b?[31m?");
}
END_TEST

START_TEST(a_further_file_is_named)
{
    check.file = "disk-s001.vmdk";
    check_find(&check, RULE_QCOW2_HEADER_MAGIC, 0, "magic", "is wrong");
    ck_assert_str_eq(report.findings[0].field, "disk-s001.vmdk: magic");
}
END_TEST

START_TEST(json_has_every_key)
{
    static const char *const keys[] = {"path",         "format",  "sound",    "safe",
                                       "virtual_size", "options", "findings", "omitted"};
    check_find(&check, RULE_QCOW2_HEADER_MAGIC, 7, "magic", "is wrong");
    check_set_size(&check, 512);
    check_option_text(&check, "compat", "1.1");
    json_t *json = report_json(&report, "disk\xff.img");
    ck_assert_ptr_nonnull(json);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        ck_assert_msg(json_object_get(json, keys[i]) != NULL, "%s", keys[i]);
    json_t *finding = json_array_get(json_object_get(json, "findings"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(finding, "rule")), "qcow2.header.magic");
    ck_assert_str_eq(json_string_value(json_object_get(finding, "severity")), "corruption");
    ck_assert_int_eq(json_integer_value(json_object_get(finding, "offset")), 7);
    json_decref(json);
}
END_TEST

START_TEST(rules_have_ids_of_their_own)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        ck_assert_uint_lt(rules[i].severity, SEVERITY_COUNT);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(rules[i].id, rules[j].id);
    }
}
END_TEST

TCase *report_tests(void)
{
    TCase *tests = tcase_create("report");
    tcase_add_checked_fixture(tests, make_report, free_report);
    tcase_add_loop_test(tests, severities_decide, 0, 4);
    tcase_add_test(tests, further_findings_of_a_rule_are_only_counted);
    tcase_add_test(tests, what_comes_from_an_image_is_shown_as_one_line);
    tcase_add_test(tests, a_further_file_is_named);
    tcase_add_test(tests, json_has_every_key);
    tcase_add_test(tests, rules_have_ids_of_their_own);
    return tests;
}
