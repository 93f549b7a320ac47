#include "base/testing.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/mem.h"
#include "reports/escape.h"
#include "reports/writer.h"

/* ---- a run made by hand, of hostile texts ---- */

static const char hostile[] = "]]>&<\"'\x01\x1b[31m\xff\xfe\xed\xa0\x80\xef\xbf\xbf\n\ttail";

static void set_message(struct result_message *message, const char *body)
{
    struct result_header *header = mem_append(&message->headers, &message->header_count);
    *header = (struct result_header){mem_dup("X-Auth-Token"), mem_dup("<redacted>")};
    header = mem_append(&message->headers, &message->header_count);
    *header = (struct result_header){mem_dup("X-Hostile"), mem_dup(hostile)};
    message->body.length_bytes = strlen(body);
    memcpy(message->body.md5, "00000000000000000000000000000000", 33);
    message->body.kept = mem_dup(body);
    message->body.kept_bytes = strlen(body);
}

static void add_case(struct run_result *run, enum verdict verdict, const char *text)
{
    struct result_case *result = mem_append(&run->cases, &run->case_count);
    *result = (struct result_case){
        .id = mem_printf("some.clause/case-%zu", run->case_count),
        .name = mem_dup(text),
        .api = mem_dup("images-v2"),
        .section = mem_dup(run->case_count > 3 ? "Other" : text),
        .level = mem_dup("must"),
        .says = mem_dup(text),
        .from = mem_dup(text),
        .file = mem_dup("some.yaml"),
        .line = 7,
        .verdict = verdict,
        .time_us = 1500,
    };
    *mem_append(&result->clauses, &result->clause_count) = mem_dup("some.clause");
    if (verdict == VERDICT_FAIL) {
        struct result_finding *finding = mem_append(&result->findings, &result->finding_count);
        *finding = (struct result_finding){mem_dup("some.clause"), mem_dup(text), mem_dup(text), 0};
        struct result_exchange *exchange = mem_append(&result->exchanges, &result->exchange_count);
        *exchange = (struct result_exchange){.purpose = mem_dup("step 1"),
                                             .identity = mem_dup("owner"),
                                             .method = mem_dup("PUT"),
                                             .url = mem_dup("http://127.0.0.1/a?b='c'"),
                                             .status = 200};
        set_message(&exchange->request, text);
        set_message(&exchange->response, text);
    } else if (verdict != VERDICT_PASS) {
        result->reason = mem_dup(text);
    }
}

static struct run_result make_run(const char *text)
{
    struct run_result run = {
        .subject = mem_dup(text),
        .subject_url = mem_dup("http://127.0.0.1"),
        .edition = mem_dup("in-tree"),
        .suite_digest = mem_dup("abc"),
        .tool_version = mem_dup("0"),
        .started = mem_dup("2026-11-21T00:00:00Z"),
        .time_us = 5000,
    };
    for (int i = 0; i < VERDICT_COUNT; i++)
        add_case(&run, (enum verdict)i, text);
    return run;
}

static char *write_with(const char *name, const struct run_result *run)
{
    char *text = NULL;
    size_t length;
    struct err err = ERR_INIT;
    FILE *out = open_memstream(&text, &length);
    ck_assert_msg(writer_find(name)->write(run, out, &err), "%s", err.text);
    fclose(out);
    ck_assert_uint_eq(strlen(text), length); /* no NUL inside */
    return text;
}

/* ---- writers ---- */

START_TEST(every_form_survives_hostile_texts)
{
    struct run_result run = make_run(hostile);
    for (const struct writer *const *writer = writer_all(); *writer; writer++) {
        char *text = write_with((*writer)->name, &run);
        for (size_t i = 0, length = strlen(text); i < length;) {
            size_t character = escape_utf8(text + i, length - i);
            ck_assert_msg(character > 0, "%s: no UTF-8 at %zu", (*writer)->name, i);
            bool control = (unsigned char)text[i] < 0x20 && text[i] != '\n';
            ck_assert_msg(!control, "%s: a control character at %zu", (*writer)->name, i);
            i += character;
        }
        free(text);
    }
    result_fini(&run);
}
END_TEST

START_TEST(json_is_read_back)
{
    struct run_result run = make_run(hostile);
    char *text = write_with("json", &run);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(json_string_value(json_object_get(json, "schema")), "imageproof.results/1");
    json_t *summary = json_object_get(json, "summary");
    for (int i = 0; i < VERDICT_COUNT; i++)
        ck_assert_int_eq(json_integer_value(json_object_get(summary, verdict_name((enum verdict)i))), 1);
    json_t *failed = json_array_get(json_object_get(json, "cases"), VERDICT_FAIL);
    json_t *exchange = json_array_get(json_object_get(failed, "exchanges"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(exchange, "response"), "status")),
                     200);
    json_t *body = json_object_get(json_object_get(exchange, "request"), "body");
    ck_assert_ptr_nonnull(json_object_get(body, "base64")); /* what is no text is not shown as text */
    json_decref(json);
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(text_tells_what_to_do)
{
    static const char *const fragments[] = {
        "FAIL some.clause/case-2",
        "must      A plain sentence",
        "from      A plain sentence",
        "case      some.yaml:7",
        "expected  A plain sentence",
        "request   curl -i -X PUT",
        "$OWNER_TOKEN",
        "not-claimed 1: A plain",
        "error 1: A plain",
        "pass 1, fail 1, skipped 1, not-claimed 1, error 1; 5 cases",
    };
    struct run_result run = make_run("A plain sentence");
    char *text = write_with("text", &run);
    for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++)
        ck_assert_msg(strstr(text, fragments[i]) != NULL, "%s in %s", fragments[i], text);
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(an_early_end_is_told_once)
{
    struct run_result run = make_run("the subject has gone");
    run.ended_early = mem_dup("the subject has gone");
    char *text = write_with("text", &run);
    ck_assert_ptr_nonnull(strstr(text, "ENDED EARLY: the subject has gone\n"));
    ck_assert_ptr_nonnull(strstr(text, "error 1: not run\n"));
    ck_assert_ptr_null(strstr(text, "some.clause/case-5"));
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(an_empty_run_has_every_form)
{
    struct run_result run = make_run("x");
    for (size_t i = 0; i < run.case_count; i++)
        result_case_fini(&run.cases[i]);
    run.case_count = 0;
    for (const struct writer *const *writer = writer_all(); *writer; writer++)
        free(write_with((*writer)->name, &run));
    result_fini(&run);
}
END_TEST

/* ---- exit status ---- */

static const struct {
    const char *name;
    size_t counts[VERDICT_COUNT]; /* pass, fail, skipped, not-claimed, error */
    bool interrupted;
    const char *ended_early;
    int status;
} statuses[] = {
    {"all passed", {2, 0, 0, 0, 0}, false, NULL, EXIT_STATUS_OK},
    {"some not claimed", {1, 0, 0, 5, 0}, false, NULL, EXIT_STATUS_OK},
    {"some skipped", {1, 0, 1, 0, 0}, false, NULL, EXIT_STATUS_OK},
    {"a failure", {5, 1, 0, 0, 0}, false, NULL, EXIT_STATUS_FAILED},
    {"a failure and an error", {5, 1, 0, 0, 1}, false, NULL, EXIT_STATUS_FAILED},
    {"a failure, then interrupted", {5, 1, 3, 0, 0}, true, NULL, EXIT_STATUS_FAILED},
    {"an error", {5, 0, 0, 0, 1}, false, NULL, EXIT_STATUS_NOT_JUDGED},
    {"interrupted", {5, 0, 3, 0, 0}, true, NULL, EXIT_STATUS_NOT_JUDGED},
    {"ended early", {5, 0, 0, 0, 3}, false, "gone", EXIT_STATUS_NOT_JUDGED},
    {"nothing judged", {0, 0, 0, 5, 0}, false, NULL, EXIT_STATUS_NOT_JUDGED},
    {"nothing at all", {0, 0, 0, 0, 0}, false, NULL, EXIT_STATUS_NOT_JUDGED},
};

START_TEST(tells_the_shell)
{
    struct run_result run = {.interrupted = statuses[_i].interrupted,
                             .ended_early = mem_dup(statuses[_i].ended_early)};
    for (int v = 0; v < VERDICT_COUNT; v++) {
        for (size_t i = 0; i < statuses[_i].counts[v]; i++)
            mem_append(&run.cases, &run.case_count)->verdict = (enum verdict)v;
    }
    ck_assert_msg(result_exit_status(&run) == statuses[_i].status, "%s", statuses[_i].name);
    result_fini(&run);
}
END_TEST

/* ---- escaping ---- */

static const struct {
    const char *bytes;
    const char *word;
} words[] = {
    {"plain-word_1.2:/=@%+,", "plain-word_1.2:/=@%+,"},
    {"", "''"},
    {"two words", "'two words'"},
    {"it's", "'it'\\''s'"},
    {"$HOME `id` \"x\"", "'$HOME `id` \"x\"'"},
    {"line\nbreak", "$'line\\x0abreak'"},
    {"\xff", "$'\\xff'"},
    {"a'\x01", "$'a\\'\\x01'"},
};

START_TEST(quotes_for_a_shell)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    escape_shell(out, words[_i].bytes, strlen(words[_i].bytes));
    fclose(out);
    ck_assert_str_eq(text, words[_i].word);
    free(text);
}
END_TEST

static const struct {
    const char *bytes;
    size_t length;
} characters[] = {
    {"a", 1},
    {"\xc3\xa9", 2},
    {"\xe2\x82\xac", 3},
    {"\xf0\x9f\x98\x80", 4},
    {"\x80", 0},
    {"\xc0\xaf", 0},
    {"\xc3", 0},
    {"\xe0\x80\xaf", 0},
    {"\xe2\x82", 0},
    {"\xed\xa0\x80", 0},
    {"\xff", 0},
    {"\xf4\x90\x80\x80", 0},
    {"\xf0\x80\x80\xaf", 0},
    {"\xf5\x80\x80\x80", 0},
};

START_TEST(knows_utf8)
{
    ck_assert_uint_eq(escape_utf8(characters[_i].bytes, strlen(characters[_i].bytes)), characters[_i].length);
}
END_TEST

/* RFC 4648, section 10. */
static const char *const base64[][2] = {{"", ""},
                                        {"f", "Zg=="},
                                        {"fo", "Zm8="},
                                        {"foo", "Zm9v"},
                                        {"foob", "Zm9vYg=="},
                                        {"fooba", "Zm9vYmE="},
                                        {"foobar", "Zm9vYmFy"}};

START_TEST(encodes_base64)
{
    char *text = escape_base64(base64[_i][0], strlen(base64[_i][0]));
    ck_assert_str_eq(text, base64[_i][1]);
    free(text);
}
END_TEST

START_TEST(repeats_a_request)
{
    struct run_result run = make_run("x y");
    struct result_exchange *exchange = &run.cases[VERDICT_FAIL].exchanges[0];
    char *literal = result_curl(exchange);
    ck_assert_ptr_nonnull(strstr(literal, "curl -i -X PUT -H \"X-Auth-Token: $OWNER_TOKEN\""));
    ck_assert_ptr_nonnull(strstr(literal, "--data-binary 'x y'"));
    ck_assert_ptr_nonnull(strstr(literal, "'http://127.0.0.1/a?b='\\''c'\\'''"));
    exchange->request.body.generated = mem_dup("size 5, seed 1");
    char *generated = result_curl(exchange);
    ck_assert_ptr_nonnull(strstr(generated, "--data-binary @BODY"));
    free(literal);
    free(generated);
    result_fini(&run);
}
END_TEST

/* ---- report files ---- */

static const struct {
    const char *spec;
    enum err_code code;
    const char *fragment;
} refused[] = {
    {"json", ERR_VALUE, "is no FORM=PATH"},
    {"json=", ERR_VALUE, "is no FORM=PATH"},
    {"jsn=x", ERR_VALUE, "there is no form 'jsn': want one of text, json, junit"},
    {"=x", ERR_VALUE, "there is no form ''"},
    {"json=/nonexistent/folder/x", ERR_IO, "cannot write /nonexistent/folder/x"},
    {"json=/tmp", ERR_IO, "is a folder"},
};

START_TEST(refuses_before_the_run)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(report_file_open(refused[_i].spec, &err));
    ck_assert_int_eq(err.code, refused[_i].code);
    ck_assert_msg(strstr(err.text, refused[_i].fragment) != NULL, "%s", err.text);
}
END_TEST

static char *read_all(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

START_TEST(replaces_a_file_at_the_end_only)
{
    char folder[] = "/tmp/imageproof-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char *path = mem_printf("%s/report", folder);
    char *spec = mem_printf("text=%s", path);
    FILE *file = fopen(path, "w");
    fputs("old", file);
    fclose(file);
    report_file_free(report_file_open(spec, NULL)); /* a run that was never finished */
    ck_assert_str_eq(read_all(path), "old");
    struct report_file *report = report_file_open(spec, NULL);
    ck_assert_str_eq(read_all(path), "old");
    struct run_result run = make_run("x");
    ck_assert(report_file_finish(report, &run, NULL));
    report_file_free(report);
    ck_assert_ptr_nonnull(strstr(read_all(path), "5 cases"));
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else was left there */
    free(path);
    free(spec);
    result_fini(&run);
}
END_TEST

START_TEST(writes_straight_where_nothing_can_be_replaced)
{
    struct run_result run = make_run("x");
    struct report_file *report = report_file_open("text=/dev/null", NULL);
    ck_assert_ptr_nonnull(report);
    ck_assert(report_file_finish(report, &run, NULL));
    report_file_free(report);
    struct err err = ERR_INIT;
    report = report_file_open("json=/dev/full", NULL);
    ck_assert(!report_file_finish(report, &run, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/dev/full"));
    report_file_free(report);
    result_fini(&run);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("reports");
    tcase_add_test(tests, every_form_survives_hostile_texts);
    tcase_add_test(tests, json_is_read_back);
    tcase_add_test(tests, text_tells_what_to_do);
    tcase_add_test(tests, an_early_end_is_told_once);
    tcase_add_test(tests, an_empty_run_has_every_form);
    tcase_add_loop_test(tests, tells_the_shell, 0, TESTING_COUNT(statuses));
    tcase_add_loop_test(tests, quotes_for_a_shell, 0, TESTING_COUNT(words));
    tcase_add_loop_test(tests, knows_utf8, 0, TESTING_COUNT(characters));
    tcase_add_loop_test(tests, encodes_base64, 0, TESTING_COUNT(base64));
    tcase_add_test(tests, repeats_a_request);
    tcase_add_loop_test(tests, refuses_before_the_run, 0, TESTING_COUNT(refused));
    tcase_add_test(tests, replaces_a_file_at_the_end_only);
    tcase_add_test(tests, writes_straight_where_nothing_can_be_replaced);
    TCase *const cases[] = {tests, NULL};
    return testing_run("reports", cases);
}
