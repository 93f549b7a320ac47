#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/testing_place.h"
#include "reports/run_log_internal.h"
#include "reports/test/made_run.h"
#include "reports/test/test_reports.h"

#define AT     "2026-11-21T12:00:00Z"
#define STRIDE 13 /* of the places where a log is cut: each has its own file */

static void write_log(const char *path, const struct run_result *run)
{
    struct run_result end = {.time_us = run->time_us, .interrupted = true};
    struct run_log *log = run_log_create(path, NULL);
    run_log_begin(log, run);
    for (size_t i = 0; i < run->case_count; i++)
        run_log_plan(log, i, 1, &run->cases[i]);
    for (size_t i = 0; i < run->case_count; i++)
        ck_assert(run_log_case(log, i, &run->cases[i]));
    ck_assert(run_log_end(log, &end, NULL));
    result_fini(&end);
}

static void read_log(const char *path, struct run_result *ret_run)
{
    struct err err = ERR_INIT;
    ck_assert_msg(run_log_read_file(fopen(path, "r+e"), path, ret_run, &err), "%s", err.text);
}

/* Goes on with the log: what has no result passes. How many those were. */
static size_t go_on(const char *path, struct run_result *read)
{
    const struct result_case passed = {.verdict = VERDICT_PASS};
    size_t count = read->case_count;
    size_t judged = 0;
    struct err err = ERR_INIT;
    struct run_log *log = run_log_resume(read, AT, &err);
    ck_assert_msg(log, "%s: %s", path, err.text);
    for (size_t i = 0; i < count; i++) {
        if (run_log_has(log, i))
            continue;
        ck_assert(run_log_case(log, i, &passed));
        judged++;
    }
    struct run_result end = {.time_us = 1};
    ck_assert_msg(run_log_end(log, &end, &err), "%s", err.text);
    ck_assert_uint_eq(end.case_count, count);
    result_fini(&end);
    return judged;
}

/* ---- what stands, and what is asked for again ---- */

static void lose_connection(struct result_exchange *exchange)
{
    exchange->status = 0;
    exchange->error = mem_dup("the connection was lost");
}

START_TEST(what_could_not_be_judged_is_asked_for_again)
{
    struct testing_place place = testing_place_make("log");
    struct run_result run = made_run("x");
    struct run_result read;
    write_log(place.path, &run);
    read_log(place.path, &read);
    ck_assert(read.interrupted);
    for (size_t i = 0; i < read.case_count; i++)
        ck_assert_msg(run_log_is_due_again(read.log, i) == (i == VERDICT_SKIPPED || i == VERDICT_ERROR),
                      "%zu", i);
    ck_assert_uint_eq(go_on(place.path, &read), 2);
    result_fini(&read);
    read_log(place.path, &read);
    ck_assert(!read.interrupted && !read.ended_early && run_log_is_whole(read.log));
    ck_assert_uint_eq(read.resumed_count, 1);
    ck_assert_str_eq(read.resumed[0], AT);
    ck_assert_str_eq(read.started, run.started);
    for (size_t i = 0; i < read.case_count; i++) {
        bool again = i == VERDICT_SKIPPED || i == VERDICT_ERROR;
        ck_assert_int_eq(result_verdict(&read, i), again ? VERDICT_PASS : (enum verdict)i);
        ck_assert_str_eq(result_at(&read, i)->id, run.cases[i].id);
    }
    result_fini(&read);
    result_fini(&run);
    testing_place_remove(&place);
}
END_TEST

START_TEST(a_failure_by_a_lost_connection_is_asked_for_again)
{
    struct testing_place place = testing_place_make("log");
    struct run_result run = made_run("x");
    struct run_result read;
    lose_connection(&run.cases[VERDICT_FAIL].exchanges[0]);
    write_log(place.path, &run);
    read_log(place.path, &read);
    ck_assert(run_log_is_due_again(read.log, VERDICT_FAIL));
    ck_assert_uint_eq(go_on(place.path, &read), 3);
    result_fini(&read);
    result_fini(&run);
    testing_place_remove(&place);
}
END_TEST

START_TEST(it_may_be_gone_on_with_any_number_of_times)
{
    struct testing_place place = testing_place_make("log");
    struct run_result run = made_run("x");
    struct run_result read;
    write_log(place.path, &run);
    for (size_t times = 0; times < 5; times++) {
        read_log(place.path, &read);
        ck_assert_uint_eq(read.resumed_count, times);
        ck_assert_uint_eq(go_on(place.path, &read), times ? 0 : 2);
        result_fini(&read);
    }
    result_fini(&run);
    testing_place_remove(&place);
}
END_TEST

/* ---- wherever it was cut ---- */

static char *read_all(const char *path, size_t *ret_length)
{
    char *text = mem_alloc(BUF_MIB);
    FILE *file = fopen(path, "re");
    *ret_length = fread(text, 1, BUF_MIB, file);
    fclose(file);
    return text;
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "we");
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static void check_cut(const char *path, size_t cut, size_t case_count)
{
    struct run_result read;
    read_log(path, &read);
    bool planned = run_log_has_plan(read.log);
    if (planned)
        go_on(path, &read);
    result_fini(&read);
    if (!planned)
        return;
    read_log(path, &read);
    ck_assert_msg(run_log_is_whole(read.log) && !read.ended_early, "cut at %zu: %s", cut, read.ended_early);
    ck_assert_uint_eq(read.case_count, case_count);
    ck_assert_uint_eq(read.resumed_count, 1);
    result_fini(&read);
}

START_TEST(a_log_that_was_cut_is_gone_on_with)
{
    struct testing_place place = testing_place_make("log");
    struct run_result run = made_run(made_hostile);
    size_t length;
    write_log(place.path, &run);
    char *whole = read_all(place.path, &length);
    for (size_t cut = length; cut > 0; cut = cut > STRIDE ? cut - STRIDE : 0) {
        write_bytes(place.path, whole, cut);
        check_cut(place.path, cut, run.case_count);
    }
    write_bytes(place.path, whole, length - 1); /* of its newline alone */
    check_cut(place.path, length - 1, run.case_count);
    free(whole);
    result_fini(&run);
    testing_place_remove(&place);
}
END_TEST

/* ---- breaks that nobody made ---- */

#define BEGIN                                                                                                \
    "{\"record\":\"begin\",\"schema\":\"imageproof.log/1\",\"subject\":\"s\",\"edition\":\"e\","             \
    "\"suite_digest\":\"d\",\"started\":\"t\",\"case_count\":1}\n"
#define PLAN "{\"record\":\"plan\",\"index\":0,\"shard\":1,\"id\":\"a\"}\n"

static const struct {
    const char *name;
    const char *lines;
} bad[] = {
    {"before the beginning", "{\"record\":\"resume\",\"at\":\"" AT "\"}\n" BEGIN PLAN},
    {"before the plan", BEGIN "{\"record\":\"resume\",\"at\":\"" AT "\"}\n"},
    {"without a time", BEGIN PLAN "{\"record\":\"resume\"}\n"},
    {"a time that is a number", BEGIN PLAN "{\"record\":\"resume\",\"at\":1}\n"},
    {"a time that is too short", BEGIN PLAN "{\"record\":\"resume\",\"at\":\"2026\"}\n"},
    {"a time that is too long", BEGIN PLAN "{\"record\":\"resume\",\"at\":\"" AT "Z\"}\n"},
    {"a time that is none", BEGIN PLAN "{\"record\":\"resume\",\"at\":\"<b>26-11-21T12:00:00\"}\n"},
    {"a result behind the end",
     BEGIN PLAN "{\"record\":\"end\"}\n{\"record\":\"case\",\"index\":0,\"verdict\":\"pass\"}\n"},
    {"two results of one that passed", BEGIN PLAN "{\"record\":\"case\",\"index\":0,\"verdict\":\"pass\"}\n"
                                                  "{\"record\":\"resume\",\"at\":\"" AT "\"}\n"
                                                  "{\"record\":\"case\",\"index\":0,\"verdict\":\"fail\"}\n"},
};

/* Each line with the chain that it needs. */
static void write_chained(const char *path, const char *lines)
{
    char chain[RUN_LOG_CHAIN_SIZE] = {0};
    FILE *file = fopen(path, "we");
    memset(chain, '0', RUN_LOG_CHAIN_SIZE - 1);
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1) {
        size_t length = (size_t)(end - lines) - 1; /* without its brace */
        log_chain_on(chain, lines, length);
        fprintf(file, "%.*s,\"chain\":\"%s\"}\n", (int)length, lines, chain);
    }
    fclose(file);
}

START_TEST(a_break_in_the_wrong_place_is_refused)
{
    struct testing_place place = testing_place_make("log");
    struct run_result run;
    struct err err = ERR_INIT;
    write_chained(place.path, bad[_i].lines);
    ck_assert_msg(!run_log_read(&place.path, 1, &run, &err), "%s: is read", bad[_i].name);
    ck_assert_msg(err.code == ERR_SYNTAX || err.code == ERR_VALUE, "%s: %s", bad[_i].name, err.text);
    testing_place_remove(&place);
}
END_TEST

TCase *tests_of_run_log_resume(void)
{
    TCase *tests = tcase_create("run log, resumed");
    tcase_add_test(tests, what_could_not_be_judged_is_asked_for_again);
    tcase_add_test(tests, a_failure_by_a_lost_connection_is_asked_for_again);
    tcase_add_test(tests, it_may_be_gone_on_with_any_number_of_times);
    tcase_add_test(tests, a_log_that_was_cut_is_gone_on_with);
    tcase_add_loop_test(tests, a_break_in_the_wrong_place_is_refused, 0, TESTING_COUNT(bad));
    return tests;
}
