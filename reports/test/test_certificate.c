#include "reports/test/test_reports.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "reports/dsse.h"
#include "reports/gate.h"
#include "reports/run_log.h"
#include "reports/statement.h"
#include "reports/tar.h"
#include "reports/test/made_run.h"

/* ---- envelopes ---- */

static const char type[] = "application/x-test";
static const char payload[] = "{\"a\":1}";

struct signers {
    struct sign_key *keys[3]; /* the last one signs nothing */
};

static struct signers make_signers(void)
{
    return (struct signers){
        {sign_key_make("ed25519", NULL), sign_key_make("p256", NULL), sign_key_make("ed25519", NULL)}};
}

static void free_signers(struct signers *signers)
{
    for (size_t i = 0; i < 3; i++)
        sign_key_free(signers->keys[i]);
}

START_TEST(an_envelope_is_opened_by_those_who_signed)
{
    struct signers signers = make_signers();
    char *envelope = dsse_wrap(type, payload, signers.keys, 2, NULL);
    char *opened = NULL;
    ck_assert(dsse_open(envelope, type, signers.keys, 2, false, &opened, NULL));
    ck_assert_str_eq(opened, payload);
    free(opened);
    struct err err = ERR_INIT;
    ck_assert(
        !dsse_open(envelope, type, signers.keys, 1, false, &opened, &err)); /* whose is the second one? */
    ck_assert_msg(strstr(err.text, "signature 2 is good by none") != NULL, "%s", err.text);
    ck_assert(dsse_open(envelope, type, signers.keys, 1, true, &opened, NULL));
    free(opened);
    err_reset(&err);
    ck_assert(!dsse_open(envelope, type, signers.keys, 3, true, &opened, &err));
    ck_assert_msg(strstr(err.text, "no good signature by the key") != NULL, "%s", err.text);
    free(envelope);
    free_signers(&signers);
}
END_TEST

START_TEST(no_byte_of_an_envelope_may_be_changed)
{
    struct signers signers = make_signers();
    char *envelope = dsse_wrap(type, payload, signers.keys, 2, NULL);
    char *opened = NULL;
    for (size_t i = 0; envelope[i]; i++) {
        envelope[i] ^= 1;
        ck_assert_msg(!dsse_open(envelope, type, signers.keys, 2, false, &opened, NULL), "byte %zu", i);
        envelope[i] ^= 1;
    }
    free(envelope);
    free_signers(&signers);
}
END_TEST

static const struct {
    const char *text;
    const char *fragment;
} no_envelopes[] = {
    {"", "is no JSON"},
    {"[]", "is no signed envelope"},
    {"{}", "is no signed envelope"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e30=\"}", "is no signed envelope"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e30=\",\"signatures\":[]}",
     "is no signed envelope"},
    {"{\"payloadType\":\"text/plain\",\"payload\":\"e30=\",\"signatures\":[{}]}", "of the type 'text/plain'"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e3\",\"signatures\":[{}]}", "is no base64"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"AGE=\",\"signatures\":[{}]}", "with a NUL"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e30=\",\"signatures\":[{}],\"payload\":\"\"}",
     "is no JSON"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e30=\",\"signatures\":[{}]}",
     "no good signature"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e30=\",\"signatures\":[{\"sig\":7}]}",
     "no good signature"},
    {"{\"payloadType\":\"application/x-test\",\"payload\":\"e30=\",\"signatures\":[{\"sig\":\"!\"}]}",
     "no good signature"},
};

START_TEST(what_is_no_envelope_is_refused)
{
    struct signers signers = make_signers();
    char *opened = NULL;
    struct err err = ERR_INIT;
    ck_assert(!dsse_open(no_envelopes[_i].text, type, signers.keys, 1, true, &opened, &err));
    ck_assert_msg(strstr(err.text, no_envelopes[_i].fragment) != NULL, "%s", err.text);
    free_signers(&signers);
}
END_TEST

/* ---- statements ---- */

/* A run read from a log of `verdicts`, all of them at `level`. */
static struct run_result logged_run(const enum verdict *verdicts, size_t count, const char *level)
{
    struct run_result run = made_run("x");
    struct run_log *log = run_log_create(NULL, NULL);
    run_log_begin(log, &run);
    for (size_t i = 0; i < count; i++) {
        struct result_case one = run.cases[verdicts[i]];
        char *id = mem_printf("c/%zu", i);
        one.id = id;
        one.level = (char *)(uintptr_t)level;
        run_log_plan(log, i, 1, &one);
        ck_assert(run_log_case(log, i, &one));
        free(id);
    }
    for (size_t i = 0; i < run.case_count; i++)
        result_case_fini(&run.cases[i]);
    free(run.cases);
    run.cases = NULL;
    ck_assert(run_log_end(log, &run, NULL));
    return run;
}

static const struct {
    const char *name;
    enum verdict verdicts[3];
    const char *level;
    const char *accepted;
    const char *fragment; /* of the statement, or of the refusal */
    bool fit;
} runs[] = {
    {"all passed", {VERDICT_PASS, VERDICT_PASS, VERDICT_PASS}, "must", "", "\"result\":\"PASSED\"", true},
    {"not claimed is listed",
     {VERDICT_PASS, VERDICT_NOT_CLAIMED, VERDICT_PASS},
     "must",
     "",
     "\"notClaimed\":[{\"case\":\"c/1\",\"reason\":\"x\"}]",
     true},
    {"a weak failure",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "should",
     "",
     "\"warnedTests\":[\"c/1\"]",
     true},
    {"and it is accepted",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "may",
     "c/1 we know\n",
     "\"accepted\":[{\"case\":\"c/1\",\"reason\":\"we know\"}]",
     true},
    {"observed is ignored",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "observed",
     "",
     "\"result\":\"PASSED\"",
     true},
    {"a failure",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "must",
     "",
     "c/1 failed, whose level is must",
     false},
    {"an accepted one",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "must",
     "c/1 x\n",
     "whose level is must",
     false},
    {"an error",
     {VERDICT_PASS, VERDICT_ERROR, VERDICT_PASS},
     "may",
     "",
     "1 cases could not be judged",
     false},
    {"skipped", {VERDICT_PASS, VERDICT_SKIPPED, VERDICT_PASS}, "may", "", "1 cases were skipped", false},
    {"nothing judged",
     {VERDICT_NOT_CLAIMED, VERDICT_NOT_CLAIMED, VERDICT_NOT_CLAIMED},
     "must",
     "",
     "no case passed",
     false},
    {"accepted, and passed",
     {VERDICT_PASS, VERDICT_PASS, VERDICT_PASS},
     "may",
     "c/1 x\n",
     "of which 0 are",
     false},
    {"accepted, unknown",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "may",
     "c/7 x\n",
     "of which 0 are",
     false},
    {"accepted twice",
     {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS},
     "may",
     "c/1 x\nc/1 y\n",
     "of which 1 are",
     false},
};

START_TEST(a_statement_says_what_the_run_says)
{
    struct statement_list accepted;
    struct statement_list again;
    struct err err = ERR_INIT;
    char *text = NULL;
    struct run_result run = logged_run(runs[_i].verdicts, 3, runs[_i].level);
    ck_assert(statement_list_parse(runs[_i].accepted, &accepted, NULL));
    bool made = statement_make(&run, &accepted, &text, &err);
    ck_assert_msg(made == runs[_i].fit, "%s: %s", runs[_i].name, err.text);
    ck_assert_msg(strstr(made ? text : err.text, runs[_i].fragment) != NULL, "%s: %s", runs[_i].name,
                  made ? text : err.text);
    if (made) {
        ck_assert(statement_accepted(text, &again, NULL));
        ck_assert_uint_eq(again.count, accepted.count);
        char *lines = statement_list_text(&again);
        ck_assert_str_eq(lines, runs[_i].accepted);
        free(lines);
        statement_list_fini(&again);
    }
    free(text);
    statement_list_fini(&accepted);
    result_fini(&run);
}
END_TEST

static const char *const bad_lists[] = {"case", "case ", " ", "a b\ncase\n"};

START_TEST(an_acceptance_needs_a_reason)
{
    struct statement_list list;
    struct err err = ERR_INIT;
    ck_assert(!statement_list_parse(bad_lists[_i], &list, &err));
    ck_assert_int_eq(err.code, ERR_SYNTAX);
}
END_TEST

static const char *const no_statements[] = {"", "[]", "{}",
                                            "{\"predicate\":{\"imageproof\":{\"accepted\":[{}]}}}",
                                            "{\"predicate\":{\"imageproof\":{\"accepted\":{}}}}"};

START_TEST(what_is_no_statement_is_refused)
{
    struct statement_list list;
    struct err err = ERR_INIT;
    ck_assert(!statement_accepted(no_statements[_i], &list, &err));
    ck_assert_int_eq(err.code, ERR_SYNTAX);
}
END_TEST

/* ---- archives ---- */

static FILE *make_archive(void)
{
    FILE *archive = tmpfile();
    for (size_t size = 0; size < 3; size++) {
        char *name = mem_printf("member-%zu", size);
        FILE *content = tmpfile();
        for (size_t i = 0; i < size * 512; i++)
            fputc('x', content);
        rewind(content);
        ck_assert(tar_add(archive, name, content, size * 512, NULL));
        fclose(content);
        free(name);
    }
    ck_assert(tar_end(archive, NULL));
    rewind(archive);
    return archive;
}

START_TEST(an_archive_is_read_back)
{
    struct tar_member member;
    bool ended;
    FILE *archive = make_archive();
    ck_assert(tar_is(archive));
    for (size_t size = 0; size < 3; size++) {
        ck_assert(tar_next(archive, &member, &ended, NULL));
        ck_assert(!ended);
        ck_assert_uint_eq(member.size, size * 512);
        ck_assert_int_eq(member.name[strlen("member-")], (int)('0' + size));
    }
    ck_assert(tar_next(archive, &member, &ended, NULL));
    ck_assert(ended);
    fclose(archive);
}
END_TEST

START_TEST(no_byte_of_a_header_may_be_changed)
{
    struct tar_member member;
    bool ended;
    FILE *archive = make_archive();
    for (long i = 0; i < 512; i++) {
        fseek(archive, i, SEEK_SET);
        int c = fgetc(archive);
        fseek(archive, i, SEEK_SET);
        fputc(c ^ 1, archive);
        rewind(archive);
        ck_assert_msg(!tar_next(archive, &member, &ended, NULL), "byte %ld", i);
        fseek(archive, i, SEEK_SET);
        fputc(c, archive);
    }
    fclose(archive);
}
END_TEST

START_TEST(an_archive_that_is_cut_is_refused)
{
    struct tar_member member;
    bool ended = false;
    struct err err = ERR_INIT;
    FILE *archive = make_archive();
    ck_assert_int_eq(ftruncate(fileno(archive), 700), 0);
    rewind(archive);
    while (tar_next(archive, &member, &ended, &err))
        ck_assert(!ended);
    ck_assert_msg(strstr(err.text, "ends too early") != NULL, "%s", err.text);
    fclose(archive);
}
END_TEST

/* ---- gates ---- */

static const struct {
    const char *name;
    struct gate gate;
    int status;
    const char *complaint;
} gates[] = {
    {"any", {.fail_on = GATE_ANY}, 1, NULL},
    {"should", {.fail_on = GATE_SHOULD}, 0, NULL},
    {"must", {.fail_on = GATE_MUST}, 0, NULL},
    {"as many as may be", {.fail_on = GATE_MUST, .has_max_skipped = true, .max_skipped = 1}, 0, NULL},
    {"more than may be",
     {.fail_on = GATE_MUST, .has_max_skipped = true, .max_skipped = 0},
     1,
     "1 cases were skipped"},
};

static const enum verdict weak[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_NOT_CLAIMED};

static void keep_complaint(void *context, const char *text)
{
    char **kept = context;
    *kept = mem_dup(text);
}

START_TEST(gates_ask_for_what_they_say)
{
    char *complaint = NULL;
    struct run_result run = logged_run(weak, 3, "may");
    int status = gate_exit_status(&gates[_i].gate, &run, keep_complaint, &complaint);
    ck_assert_msg(status == gates[_i].status, "%s: %d", gates[_i].name, status);
    ck_assert_msg(!complaint == !gates[_i].complaint, "%s: %s", gates[_i].name,
                  complaint ? complaint : "silent");
    ck_assert(!complaint || strstr(complaint, gates[_i].complaint));
    free(complaint);
    result_fini(&run);
}
END_TEST

static char smoke[] = "smoke";

static const struct {
    const char *name;
    enum verdict tagged; /* of the case that has the tag */
    bool has_tag;
    int status;
} tags[] = {
    {"passes", VERDICT_PASS, true, 0},         {"fails", VERDICT_FAIL, true, 1},
    {"is skipped", VERDICT_SKIPPED, true, 1},  {"is not claimed", VERDICT_NOT_CLAIMED, true, 1},
    {"is not judged", VERDICT_ERROR, true, 1}, {"is not there", VERDICT_PASS, false, 1},
};

START_TEST(required_tags_have_to_pass)
{
    char *required[] = {smoke};
    const struct gate gate = {.fail_on = GATE_MUST, .required = required, .required_count = 1};
    struct run_result run = made_run("x");
    for (size_t i = 0; i < run.case_count; i++) {
        if (i != (size_t)tags[_i].tagged && i != VERDICT_PASS)
            run.cases[i].verdict = VERDICT_PASS;
    }
    struct result_case *one = &run.cases[tags[_i].tagged];
    free(one->level);
    one->level = mem_dup("may");
    if (tags[_i].has_tag)
        *mem_append(&one->tags, &one->tag_count) = mem_dup(smoke);
    int status = gate_exit_status(&gate, &run, NULL, NULL);
    ck_assert_msg(status == tags[_i].status, "%s: %d", tags[_i].name, status);
    result_fini(&run);
}
END_TEST

TCase *tests_of_certificate(void)
{
    TCase *tests = tcase_create("certificate");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, an_envelope_is_opened_by_those_who_signed);
    tcase_add_test(tests, no_byte_of_an_envelope_may_be_changed);
    tcase_add_loop_test(tests, what_is_no_envelope_is_refused, 0, TESTING_COUNT(no_envelopes));
    tcase_add_loop_test(tests, a_statement_says_what_the_run_says, 0, TESTING_COUNT(runs));
    tcase_add_loop_test(tests, an_acceptance_needs_a_reason, 0, TESTING_COUNT(bad_lists));
    tcase_add_loop_test(tests, what_is_no_statement_is_refused, 0, TESTING_COUNT(no_statements));
    tcase_add_test(tests, an_archive_is_read_back);
    tcase_add_test(tests, no_byte_of_a_header_may_be_changed);
    tcase_add_test(tests, an_archive_that_is_cut_is_refused);
    tcase_add_loop_test(tests, gates_ask_for_what_they_say, 0, TESTING_COUNT(gates));
    tcase_add_loop_test(tests, required_tags_have_to_pass, 0, TESTING_COUNT(tags));
    return tests;
}
