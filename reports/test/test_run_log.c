#include "reports/test/test_reports.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/temporary.h"
#include "reports/run_log.h"
#include "reports/test/made_run.h"
#include "reports/writer.h"

static char *write_json(const struct run_result *run)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    ck_assert(writer_find("json")->write(run, out, NULL));
    fclose(out);
    return text;
}

/* The log of a run: its shard's cases, the last one first. With `shards`, case i is of shard i % shards + 1.
 */
static void write_log(const char *path, const struct run_result *run, bool ended)
{
    struct run_log *log = run_log_create(path, NULL);
    ck_assert_ptr_nonnull(log);
    run_log_begin(log, run);
    size_t shards = run->shard_count ? run->shard_count : 1;
    for (size_t i = 0; i < run->case_count; i++)
        run_log_plan(log, i, i % shards + 1, &run->cases[i]);
    for (size_t i = run->case_count; i-- > 0;) {
        if (run->shard == 0 || i % shards + 1 == run->shard)
            ck_assert(run_log_case(log, i, &run->cases[i]));
    }
    struct run_result end = {
        .time_us = run->time_us, .interrupted = run->interrupted, .ended_early = mem_dup(run->ended_early)};
    if (ended)
        ck_assert(run_log_end(log, &end, NULL));
    else
        run_log_free(log);
    result_fini(&end);
}

struct folder {
    char *path;
    char *logs[4];
};

static struct folder make_folder(void)
{
    struct folder folder = {.path = temporary_folder()};
    ck_assert_ptr_nonnull(folder.path);
    for (size_t i = 0; i < 4; i++)
        folder.logs[i] = mem_printf("%s/%zu", folder.path, i);
    return folder;
}

static void remove_folder(struct folder *folder)
{
    for (size_t i = 0; i < 4; i++) {
        unlink(folder->logs[i]);
        free(folder->logs[i]);
    }
    ck_assert_int_eq(rmdir(folder->path), 0);
    free(folder->path);
}

static struct run_result read_logs(const struct folder *folder, size_t count)
{
    struct run_result run;
    struct err err = ERR_INIT;
    ck_assert_msg(run_log_read(folder->logs, count, &run, &err), "%s", err.text);
    return run;
}

/* ---- whole logs ---- */

static const struct {
    const char *name;
    struct run_result (*make)(void);
} made[] = {{"empty", made_empty_run},
            {"huge", made_huge_run},
            {"bare", made_bare_run},
            {"interrupted", made_interrupted_run}};

static void check_same(const struct run_result *run)
{
    struct folder folder = make_folder();
    write_log(folder.logs[0], run, true);
    struct run_result again = read_logs(&folder, 1);
    char *before = write_json(run);
    char *after = write_json(&again);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    result_fini(&again);
    remove_folder(&folder);
}

START_TEST(nothing_is_lost)
{
    struct run_result run = made[_i].make();
    check_same(&run);
    result_fini(&run);
}
END_TEST

/* JSON of the report replaces what is no UTF-8; the log does not. */
START_TEST(not_even_hostile_bytes)
{
    struct run_result run = made_run(made_hostile);
    struct folder folder = make_folder();
    check_same(&run);
    write_log(folder.logs[0], &run, true);
    struct run_result again = read_logs(&folder, 1);
    const struct result_case *failed = result_at(&again, VERDICT_FAIL);
    ck_assert_str_eq(failed->findings[0].actual, made_hostile);
    ck_assert_str_eq(failed->exchanges[0].response.headers[1].value, made_hostile);
    ck_assert_mem_eq(failed->exchanges[0].response.body.kept, made_hostile, strlen(made_hostile));
    result_fini(&again);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

/* Reports show the beginning of a body; the log has it whole, to be judged again. */
START_TEST(bodies_are_whole_for_those_who_ask)
{
    struct run_result run = made_run("x");
    struct folder folder = make_folder();
    struct result_body *body = &run.cases[VERDICT_FAIL].exchanges[0].response.body;
    free(body->kept);
    body->kept = mem_alloc(2 * RESULT_BODY_KEPT_BYTES + 1);
    body->kept_bytes = 2 * RESULT_BODY_KEPT_BYTES; /* of NULs */
    write_log(folder.logs[0], &run, true);
    struct run_result again = read_logs(&folder, 1);
    const struct result_exchange *cut = result_at(&again, VERDICT_FAIL)->exchanges;
    ck_assert_uint_eq(cut->response.body.kept_bytes, RESULT_BODY_KEPT_BYTES);
    const struct result_exchange *whole = result_at_whole(&again, VERDICT_FAIL)->exchanges;
    ck_assert_uint_eq(whole->response.body.kept_bytes, 2 * RESULT_BODY_KEPT_BYTES);
    result_fini(&again);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

/* ---- parts ---- */

static void write_shards(const struct folder *folder, struct run_result *run, size_t count)
{
    run->shard_count = count;
    for (size_t i = 0; i < count; i++) {
        run->shard = i + 1;
        write_log(folder->logs[i], run, true);
    }
    run->shard = 0;
}

START_TEST(shards_make_a_whole)
{
    struct folder folder = make_folder();
    struct run_result run = made_run("x");
    write_shards(&folder, &run, 3);
    struct run_result again = read_logs(&folder, 3);
    char *before = write_json(&run);
    char *after = write_json(&again);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    result_fini(&again);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

START_TEST(a_lost_shard_is_named)
{
    struct folder folder = make_folder();
    struct run_result run = made_run("x");
    write_shards(&folder, &run, 3);
    struct run_result again = read_logs(&folder, 2);
    ck_assert_str_eq(again.ended_early, "there is no log of shard 3/3; 1 of 5 cases have no result");
    ck_assert_int_eq(result_verdict(&again, 2), VERDICT_ERROR);
    ck_assert_str_eq(result_at(&again, 2)->id, "some.clause/case-3");
    ck_assert_str_eq(result_at(&again, 2)->reason, "no log is of shard 3/3, which was to run it");
    result_fini(&again);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

static void change_suite(struct run_result *run)
{
    run->suite_digest[0] = 'z';
}

static void change_edition(struct run_result *run)
{
    run->edition[0] = 'z';
}

static void change_subject(struct run_result *run)
{
    run->subject[0] = 'z';
}

static void change_count(struct run_result *run)
{
    result_case_fini(&run->cases[--run->case_count]);
}

static void change_id(struct run_result *run)
{
    run->cases[1].id[0] = 'z';
}

static void change_shards(struct run_result *run)
{
    run->shard_count = 4;
}

static void change_nothing(struct run_result *run)
{
    run->shard = 1; /* again */
}

static const struct {
    void (*change)(struct run_result *run);
    const char *fragment;
} strangers[] = {
    {change_suite, "of the suite 'abc'"},
    {change_edition, "of the edition 'in-tree'"},
    {change_subject, "of the subject 'x'"},
    {change_count, "another selection"},
    {change_id, "has zome.clause/case-2 where the log before it has some.clause/case-2"},
    {change_shards, "another selection"},
    {change_nothing, "both have a result of some.clause/case-5"},
};

START_TEST(strangers_are_not_merged)
{
    struct folder folder = make_folder();
    struct run_result run = made_run("x");
    run.shard_count = 2;
    run.shard = 1;
    write_log(folder.logs[0], &run, true);
    run.shard = 2;
    strangers[_i].change(&run);
    write_log(folder.logs[1], &run, true);
    struct run_result again;
    struct err err = ERR_INIT;
    ck_assert(!run_log_read(folder.logs, 2, &again, &err));
    ck_assert_msg(strstr(err.text, strangers[_i].fragment) != NULL, "%s", err.text);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

/* ---- logs that are cut or altered ---- */

static char *read_all(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "r");
    fseek(file, 0, SEEK_END);
    *ret_length = (size_t)ftell(file);
    rewind(file);
    char *text = mem_alloc(*ret_length + 1);
    ck_assert_uint_eq(fread(text, 1, *ret_length, file), *ret_length);
    fclose(file);
    return text;
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* Reads what would stand in a file: there are too many of them to write each one. */
static bool read_bytes(char *bytes, size_t length, struct run_result *ret_run, struct err *err)
{
    FILE *file = fmemopen(bytes, length, "r");
    ck_assert_ptr_nonnull(file);
    return run_log_read_file(file, "the log", ret_run, err);
}

/* Cases with a result that is not just missing. */
static size_t count_judged(const struct run_result *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->case_count; i++) {
        const char *reason = result_at(run, i)->reason;
        count += !reason || !strstr(reason, "was cut off before its result");
    }
    return count;
}

START_TEST(a_log_may_be_cut_anywhere)
{
    struct folder folder = make_folder();
    struct run_result run = made_run(made_hostile);
    size_t length;
    size_t judged_before = 0;
    write_log(folder.logs[1], &run, true);
    char *whole = read_all(folder.logs[1], &length);
    for (size_t cut = 0; cut < length - 1; cut++) { /* without its last newline it is whole still */
        struct run_result again;
        ck_assert_msg(read_bytes(whole, cut, &again, NULL), "cut at %zu", cut);
        size_t judged = count_judged(&again);
        ck_assert_msg(again.ended_early && strstr(again.ended_early, "the log is cut"), "cut at %zu", cut);
        ck_assert_msg(judged >= judged_before && judged <= 5, "cut at %zu: %zu", cut, judged);
        judged_before = judged;
        result_fini(&again);
    }
    ck_assert_uint_eq(judged_before, 5);
    free(whole);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

START_TEST(no_byte_may_be_changed)
{
    struct folder folder = make_folder();
    struct run_result run = made_run("x");
    size_t length;
    write_log(folder.logs[1], &run, true);
    char *bytes = read_all(folder.logs[1], &length);
    for (size_t i = 0; i < length - 1; i++) {
        struct run_result again;
        bytes[i] ^= 1;
        ck_assert_msg(!read_bytes(bytes, length, &again, NULL), "a change at %zu is not noticed", i);
        bytes[i] ^= 1;
    }
    free(bytes);
    result_fini(&run);
    remove_folder(&folder);
}
END_TEST

static const struct {
    const char *text;
    const char *fragment;
} others[] = {
    {"{}", "is no log of a run"},
    {"{\"schema\":\"imageproof.results/1\"}\n", "is no log of a run"},
    {"\n", "its chain is broken"},
    {"{\"record\":\"begin\",\"schema\":\"imageproof.log/1\"}\n", "its chain is broken"},
};

START_TEST(other_files_are_refused)
{
    struct folder folder = make_folder();
    struct run_result run;
    struct err err = ERR_INIT;
    write_bytes(folder.logs[0], others[_i].text, strlen(others[_i].text));
    ck_assert(!run_log_read(folder.logs, 1, &run, &err));
    ck_assert_msg(strstr(err.text, others[_i].fragment) != NULL, "%s", err.text);
    remove_folder(&folder);
}
END_TEST

START_TEST(a_missing_file_is_refused)
{
    char name[] = "/nonexistent/log";
    char *const names[] = {name};
    struct run_result run;
    struct err err = ERR_INIT;
    ck_assert(!run_log_read(names, 1, &run, &err));
    ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

/* ---- writing ---- */

START_TEST(a_full_disk_is_told)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(run_log_create("/dev/full", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "is no regular file"));
    err_reset(&err);
    ck_assert_ptr_null(run_log_create("/nonexistent/log", &err));
    ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

START_TEST(a_run_reads_its_own_log)
{
    struct run_result run = made_run("x");
    run.shard = 2;
    run.shard_count = 2;
    struct run_log *log = run_log_create(NULL, NULL);
    run_log_begin(log, &run);
    for (size_t i = 0; i < run.case_count; i++)
        run_log_plan(log, i, i % 2 + 1, &run.cases[i]);
    for (size_t i = 1; i < run.case_count; i += 2)
        ck_assert(run_log_case(log, i, &run.cases[i]));
    struct run_result own = {0};
    ck_assert(run_log_end(log, &own, NULL));
    ck_assert_uint_eq(own.case_count, 2); /* of the other shard it says nothing */
    ck_assert_str_eq(result_at(&own, 0)->id, "some.clause/case-2");
    ck_assert_str_eq(result_at(&own, 1)->id, "some.clause/case-4");
    ck_assert_int_eq(result_verdict(&own, 1), VERDICT_NOT_CLAIMED);
    result_fini(&own);
    result_fini(&run);
}
END_TEST

TCase *tests_of_run_log(void)
{
    TCase *tests = tcase_create("run_log");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, nothing_is_lost, 0, TESTING_COUNT(made));
    tcase_add_test(tests, not_even_hostile_bytes);
    tcase_add_test(tests, bodies_are_whole_for_those_who_ask);
    tcase_add_test(tests, shards_make_a_whole);
    tcase_add_test(tests, a_lost_shard_is_named);
    tcase_add_loop_test(tests, strangers_are_not_merged, 0, TESTING_COUNT(strangers));
    tcase_add_test(tests, a_log_may_be_cut_anywhere);
    tcase_add_test(tests, no_byte_may_be_changed);
    tcase_add_loop_test(tests, other_files_are_refused, 0, TESTING_COUNT(others));
    tcase_add_test(tests, a_missing_file_is_refused);
    tcase_add_test(tests, a_full_disk_is_told);
    tcase_add_test(tests, a_run_reads_its_own_log);
    return tests;
}
