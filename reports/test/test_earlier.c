#include "reports/earlier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing_place.h"
#include "reports/test/test_reports.h"

#define REPORT(cases) "{\"schema\":\"imageproof.results/1\",\"subject\":{\"name\":\"s\"},\"cases\":" cases "}"
#define CASE(rest)    REPORT("[{\"id\":\"c\",\"verdict\":\"pass\"" rest "}]")

static const struct {
    const char *name;
    const char *text;
    size_t count;
    const char *fragment; /* of the complaint; NULL: it is good */
} files[] = {
    {"no cases", REPORT("[]"), 0, NULL},
    {"a case", CASE(""), 1, NULL},
    {"keys of later versions", CASE(",\"colour\":[1,{}]"), 1, NULL},
    {"two cases", REPORT("[{\"id\":\"d\",\"verdict\":\"fail\"},{\"id\":\"c\",\"verdict\":\"error\"}]"), 2,
     NULL},
    {"a time below zero", CASE(",\"duration_ms\":-5"), 1, NULL},
    {"a time beyond counting", CASE(",\"duration_ms\":1e300"), 1, NULL},
    {"a time that is a text", CASE(",\"duration_ms\":\"5\""), 1, NULL},
    {"findings that are a text", CASE(",\"findings\":\"f\""), 1, NULL},
    {"findings of numbers", CASE(",\"findings\":[1]"), 1, NULL},
    {"a finding without its ends", CASE(",\"findings\":[{\"expected\":1}]"), 1, NULL},
    {"a case twice", REPORT("[{\"id\":\"c\",\"verdict\":\"pass\"},{\"id\":\"c\",\"verdict\":\"fail\"}]"), 0,
     "tells twice of c"},
    {"a case without an id", REPORT("[{\"verdict\":\"pass\"}]"), 0, "no report of the form json"},
    {"an id that is a number", REPORT("[{\"id\":1,\"verdict\":\"pass\"}]"), 0, "no report of the form json"},
    {"a case without a verdict", REPORT("[{\"id\":\"c\"}]"), 0, "no report of the form json"},
    {"a verdict of nobody's", REPORT("[{\"id\":\"c\",\"verdict\":\"PASS\"}]"), 0,
     "no report of the form json"},
    {"a verdict that is a number", REPORT("[{\"id\":\"c\",\"verdict\":0}]"), 0, "no report of the form json"},
    {"a case that is a text", REPORT("[\"c\"]"), 0, "no report of the form json"},
    {"a good case, and a bad one", REPORT("[{\"id\":\"c\",\"verdict\":\"pass\"},null]"), 0, "no report"},
    {"cases that are an object", REPORT("{\"c\":\"pass\"}"), 0, "no report of the form json"},
    {"cases that are null", REPORT("null"), 0, "no report of the form json"},
    {"no list of cases", "{\"schema\":\"imageproof.results/1\",\"subject\":{\"name\":\"s\"}}", 0,
     "no report"},
    {"no schema", "{\"subject\":{\"name\":\"s\"},\"cases\":[]}", 0, "no report of the form json"},
    {"another schema", "{\"schema\":\"imageproof.check/1\",\"subject\":{\"name\":\"s\"},\"cases\":[]}", 0,
     "no report"},
    {"a schema that is a number", "{\"schema\":1,\"subject\":{\"name\":\"s\"},\"cases\":[]}", 0, "no report"},
    {"no subject", "{\"schema\":\"imageproof.results/1\",\"cases\":[]}", 0, "no report of the form json"},
    {"a subject that is a text", "{\"schema\":\"imageproof.results/1\",\"subject\":\"s\",\"cases\":[]}", 0,
     "no report"},
    {"a list", "[]", 0, "no report of the form json"},
    {"a key twice", "{\"schema\":\"imageproof.results/1\",\"schema\":\"imageproof.results/1\"}", 0,
     "duplicate"},
    {"half a report", "{\"schema\":\"imageproof.results/1\"", 0,
     "report.json is no report of the form json: line 1: "},
    {"a report and more", REPORT("[]") "x", 0, "report.json is no report of the form json: line 1: "},
    {"a text", "\"imageproof.results/1\"", 0, "report.json is no report of the form json: line 1: "},
    {"no JSON", "<html>", 0, "report.json is no report of the form json: line 1: "},
    {"nothing", "", 0, "report.json is no report of the form json: line 1: "},
    {"no UTF-8", "{\"schema\":\"\xff\"}", 0, "report.json is no report of the form json: line 1: "},
};

static bool load(const char *text, struct earlier *ret_earlier, struct err *err)
{
    struct testing_place place = testing_place_make("report.json");
    testing_place_write(&place, text, strlen(text));
    bool loaded = earlier_load(place.path, ret_earlier, err);
    testing_place_remove(&place);
    return loaded;
}

START_TEST(reads_a_report)
{
    struct err err = ERR_INIT;
    struct earlier earlier = {0};
    bool loaded = load(files[_i].text, &earlier, &err);
    ck_assert_msg(loaded == !files[_i].fragment, "%s: %s", files[_i].name, err.text);
    ck_assert_msg(loaded == (err.code == ERR_NONE), "%s", files[_i].name);
    ck_assert_msg(loaded || strstr(err.text, files[_i].fragment), "%s: %s", files[_i].name, err.text);
    ck_assert_uint_eq(earlier.count, files[_i].count);
    earlier_fini(&earlier);
}
END_TEST

START_TEST(reads_nothing_that_is_nested_too_deeply)
{
    static char text[20001];
    struct err err = ERR_INIT;
    struct earlier earlier;
    memset(text, '[', sizeof text - 1);
    ck_assert(!load(text, &earlier, &err));
    ck_assert(!earlier_load("/no/such/report.json", &earlier, &(struct err)ERR_INIT));
}
END_TEST

/* ---- what is otherwise ---- */

static const struct {
    const char *name;
    const char *before; /* of the report: verdict and time */
    enum verdict now;
    uint64_t time_ms;
    const char *told; /* "" when there is nothing to tell */
} changes[] = {
    {"as before", "\"pass\",\"duration_ms\":100", VERDICT_PASS, 100, ""},
    {"failing still", "\"fail\"", VERDICT_FAIL, 0, ""},
    {"fails now", "\"pass\"", VERDICT_FAIL, 0, "newly failing: c;"},
    {"could not be judged, and fails", "\"error\"", VERDICT_FAIL, 0, "newly failing: c;"},
    {"passes now", "\"fail\"", VERDICT_PASS, 0, "newly passing: c;"},
    {"was not claimed, and passes", "\"not-claimed\"", VERDICT_PASS, 0, ""},
    {"slower", "\"pass\",\"duration_ms\":300", VERDICT_PASS, 901, "slower: c: 901 ms, 300 ms before;"},
    {"three times as long, as long as that is not much", "\"pass\",\"duration_ms\":100", VERDICT_PASS, 600,
     ""},
    {"half a second more, which is not much of it", "\"pass\",\"duration_ms\":1000", VERDICT_PASS, 2999, ""},
    {"slower and failing", "\"pass\",\"duration_ms\":1", VERDICT_FAIL, 9000, "newly failing: c;"},
};

static void take(void *context, const char *text)
{
    buf_printf(context, "%s;", text);
}

static char *told_of(const char *text, enum verdict verdict, uint64_t time_ms)
{
    struct err err = ERR_INIT;
    struct earlier earlier;
    char id[] = "c";
    struct result_case one = {.id = id, .verdict = verdict, .time_us = time_ms * 1000};
    struct run_result run = {.cases = &one, .case_count = 1};
    struct buf told;
    ck_assert_msg(load(text, &earlier, &err), "%s", err.text);
    buf_init(&told, BUF_KIB);
    buf_puts(&told, "");
    earlier_compare(&earlier, &run, take, &told);
    earlier_fini(&earlier);
    return buf_take(&told);
}

START_TEST(tells_what_is_otherwise)
{
    CLEANUP(text) char *text = mem_printf(REPORT("[{\"id\":\"c\",\"verdict\":%s}]"), changes[_i].before);
    CLEANUP(text) char *told = told_of(text, changes[_i].now, changes[_i].time_ms);
    ck_assert_msg(strcmp(told ? told : "", changes[_i].told) == 0, "%s: %s", changes[_i].name, told);
}
END_TEST

START_TEST(tells_what_is_gone_and_what_is_new)
{
    CLEANUP(text) char *told = told_of(REPORT("[{\"id\":\"b\",\"verdict\":\"pass\"}]"), VERDICT_PASS, 0);
    ck_assert_str_eq(told, "new: c;gone: b;");
}
END_TEST

TCase *tests_of_earlier(void)
{
    TCase *tests = tcase_create("earlier");
    tcase_add_loop_test(tests, reads_a_report, 0, TESTING_COUNT(files));
    tcase_add_test(tests, reads_nothing_that_is_nested_too_deeply);
    tcase_add_loop_test(tests, tells_what_is_otherwise, 0, TESTING_COUNT(changes));
    tcase_add_test(tests, tells_what_is_gone_and_what_is_new);
    return tests;
}
