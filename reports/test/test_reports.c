#include "reports/test/test_reports.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "reports/escape.h"
#include "reports/gate.h"
#include "reports/test/made_run.h"
#include "reports/writer.h"

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
    struct run_result run = made_run(made_hostile);
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
    struct run_result run = made_run(made_hostile);
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
    struct run_result run = made_run("A plain sentence");
    char *text = write_with("text", &run);
    for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++)
        ck_assert_msg(strstr(text, fragments[i]) != NULL, "%s in %s", fragments[i], text);
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(an_early_end_is_told_once)
{
    struct run_result run = made_run("the subject has gone");
    run.ended_early = mem_dup("the subject has gone");
    char *text = write_with("text", &run);
    ck_assert_ptr_nonnull(strstr(text, "ENDED EARLY: the subject has gone\n"));
    ck_assert_ptr_nonnull(strstr(text, "error 1: not run\n"));
    ck_assert_ptr_null(strstr(text, "\n    some.clause/case-5"));
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(an_empty_run_has_every_form)
{
    struct run_result run = made_empty_run();
    for (const struct writer *const *writer = writer_all(); *writer; writer++)
        free(write_with((*writer)->name, &run));
    result_fini(&run);
}
END_TEST

START_TEST(a_failure_without_a_finding_has_every_form)
{
    struct run_result run = made_bare_run();
    for (const struct writer *const *writer = writer_all(); *writer; writer++) {
        char *text = write_with((*writer)->name, &run);
        bool counts_only = strcmp((*writer)->name, "badge") == 0;
        ck_assert_msg(counts_only || strstr(text, "some.clause/case-2"), "%s", (*writer)->name);
        free(text);
    }
    result_fini(&run);
}
END_TEST

START_TEST(an_interruption_is_told_first)
{
    struct run_result run = made_interrupted_run();
    char *text = write_with("text", &run);
    ck_assert_int_eq(strncmp(text, "INTERRUPTED: ", strlen("INTERRUPTED: ")), 0);
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(long_sentences_are_broken)
{
    struct run_result run = made_run("Data can be stored only in an image whose status is queued; "
                                     "an image that is active, or that is being deleted,  refuses them.");
    char *text = write_with("text", &run);
    ck_assert_ptr_nonnull(strstr(text, "    must      Data can be stored only in an image whose status is "
                                       "queued; an image that is active,\n"
                                       "              or that is being deleted,  refuses them.\n"));
    free(text);
    result_fini(&run);
}
END_TEST

START_TEST(an_exchange_that_is_not_there_is_not_shown)
{
    struct run_result run = made_run("x");
    run.cases[VERDICT_FAIL].findings[0].exchange = RESULT_NO_EXCHANGE;
    char *text = write_with("text", &run);
    ck_assert_ptr_null(strstr(text, "curl"));
    char *json = write_with("json", &run);
    ck_assert_ptr_nonnull(strstr(json, "\"exchange\":null"));
    free(text);
    free(json);
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
    const struct gate gate = {0};
    int status = gate_exit_status(&gate, &run, NULL, NULL);
    ck_assert_msg(status == statuses[_i].status, "%s", statuses[_i].name);
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
    {"tab\there", "$'tab\\x09here'"},
    {"return\r", "$'return\\x0d'"},
    {"back\\slash", "'back\\slash'"},
    {"back\\slash\n", "$'back\\\\slash\\x0a'"},
    {"\xc3\xa9", "'\xc3\xa9'"},
    {"\xc2\x9b", "$'\\xc2\\x9b'"},
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
    const char *line;
} lines[] = {
    {"plain", "plain"},
    {"\xe2\x82\xac", "\xe2\x82\xac"},
    {"a\nb\tc", "a\\nb\\tc"},
    {"\x1b[31m", "\\x1b[31m"},
    {"\x7f", "\\x7f"},
    {"\r", "\\x0d"},
    {"\xff\xfe", "\\xff\\xfe"},
    {"\xc2\x9b", "\\xc2\\x9b"},
    {"\xc2\xa0", "\xc2\xa0"},
    {"\xe2\x82", "\\xe2\\x82"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
};

START_TEST(shows_on_one_line)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    escape_line(out, lines[_i].bytes);
    fclose(out);
    ck_assert_str_eq(text, lines[_i].line);
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
    struct run_result run = made_run("x y");
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

static const struct {
    const char *name;
    const char *method;
    const char *url;
    const char *identity;
    const char *header;
    const char *value;
    const char *command;
} commands[] = {
    {"plain", "GET", "http://h/a", "owner", "A", "b", "curl -i -X GET -H 'A: b' http://h/a"},
    {"no data come after a HEAD", "HEAD", "http://h/", "owner", "A", "b",
     "curl -i -X HEAD --head -H 'A: b' http://h/"},
    {"brackets are meant", "GET", "http://h/?{1,2}[3]", "owner", "A", "b",
     "curl -i -X GET --globoff -H 'A: b' 'http://h/?{1,2}[3]'"},
    {"dots are meant", "GET", "http://h/../b", "owner", "A", "b",
     "curl -i -X GET --path-as-is -H 'A: b' http://h/../b"},
    {"a chosen Accept", "GET", "http://h/", "owner", "accept", "text/plain",
     "curl -i -X GET -H 'accept: text/plain' http://h/"},
    {"curl's own Accept", "GET", "http://h/", "owner", "Accept", "*/*", "curl -i -X GET http://h/"},
    {"an empty value", "GET", "http://h/", "owner", "A", "", "curl -i -X GET -H 'A;' http://h/"},
    {"an owner with a dash", "GET", "http://h/", "other-owner", "X-Auth-Token", "<redacted>",
     "curl -i -X GET -H \"X-Auth-Token: $OTHER_OWNER_TOKEN\" http://h/"},
    {"an owner with a digit", "GET", "http://h/", "2nd", "X-Auth-Token", "<redacted>",
     "curl -i -X GET -H \"X-Auth-Token: $_2ND_TOKEN\" http://h/"},
    {"nobody's token", "GET", "http://h/", NULL, "X-Auth-Token", "<redacted>",
     "curl -i -X GET -H \"X-Auth-Token: $__TOKEN\" http://h/"},
    {"a name that is no name", "GET", "http://h/", "owner", "X\"$(id)", "<redacted>",
     "curl -i -X GET -H 'X\"$(id)'\": $OWNER_TOKEN\" http://h/"},
    {"no request", "FETCH", "image:disk.img", "owner", "A", "b",
     "# no request: the file was taken from where the target file says"},
    {"a method with a blank", "GE T", "http://h/", "owner", "A", "b",
     "curl -i -X 'GE T' -H 'A: b' http://h/"},
};

START_TEST(commands_say_what_was_sent)
{
    struct result_exchange exchange = {.method = mem_dup(commands[_i].method),
                                       .url = mem_dup(commands[_i].url),
                                       .identity = mem_dup(commands[_i].identity)};
    struct result_header *header = mem_append(&exchange.request.headers, &exchange.request.header_count);
    *header = (struct result_header){mem_dup(commands[_i].header), mem_dup(commands[_i].value)};
    char *command = result_curl(&exchange);
    ck_assert_msg(strcmp(command, commands[_i].command) == 0, "%s: %s", commands[_i].name, command);
    free(command);
    result_exchange_fini(&exchange);
}
END_TEST

static const struct {
    const char *name;
    const char *bytes;
    size_t kept_bytes;
    uint64_t length_bytes;
    const char *generated;
    const char *option;
} bodies[] = {
    {"literal", "{}", 2, 2, NULL, "--data-binary '{}' "},
    {"empty", "", 0, 0, NULL, "--data-binary '' "},
    {"named like a file", "@x", 2, 2, NULL, "--data-raw @x "},
    {"with a NUL", "a\0b", 3, 3, NULL, "--data-binary @BODY "},
    {"cut", "abc", 3, 4, NULL, "--data-binary @BODY "},
    {"redacted: longer than it was", "<redacted>", 10, 4, NULL, "--data-binary @BODY "},
    {"generated", "abc", 3, 3, "size 3, seed 1", "--data-binary @BODY "},
    {"no UTF-8", "\xff\n", 2, 2, NULL, "--data-binary $'\\xff\\x0a' "},
};

START_TEST(commands_carry_the_body)
{
    struct result_exchange exchange = {.method = mem_dup("PUT"), .url = mem_dup("http://h/")};
    struct result_body *body = &exchange.request.body;
    memcpy(body->md5, "00000000000000000000000000000000", 33);
    body->kept = mem_alloc(bodies[_i].kept_bytes + 1);
    memcpy(body->kept, bodies[_i].bytes, bodies[_i].kept_bytes);
    body->kept_bytes = bodies[_i].kept_bytes;
    body->length_bytes = bodies[_i].length_bytes;
    body->generated = mem_dup(bodies[_i].generated);
    char *command = result_curl(&exchange);
    ck_assert_msg(strstr(command, bodies[_i].option) != NULL, "%s: %s", bodies[_i].name, command);
    free(command);
    result_exchange_fini(&exchange);
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
    {"jsn=x", ERR_VALUE, "there is no form 'jsn': want one of text, json, junit,"},
    {"=x", ERR_VALUE, "there is no form ''"},
    {"json=/nonexistent/folder/x", ERR_IO, "cannot write /nonexistent/folder/x"},
    {"json=/tmp", ERR_IO, "is a folder"},
    {"json=/dev/null/x", ERR_IO, "cannot write /dev/null/x"},
    {"json=/proc/x", ERR_IO, "cannot write /proc/x"}, /* not even by root */
    {"json=/sys/x", ERR_IO, "cannot write /sys/x"},
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
    char *folder = temporary_folder();
    ck_assert_ptr_nonnull(folder);
    char *path = mem_printf("%s/report", folder);
    char *spec = mem_printf("text=%s", path);
    FILE *file = fopen(path, "w");
    fputs("old", file);
    fclose(file);
    report_file_free(report_file_open(spec, NULL)); /* a run that was never finished */
    ck_assert_str_eq(read_all(path), "old");
    struct report_file *report = report_file_open(spec, NULL);
    ck_assert_str_eq(read_all(path), "old");
    struct run_result run = made_run("x");
    ck_assert(report_file_finish(report, &run, NULL));
    report_file_free(report);
    ck_assert_ptr_nonnull(strstr(read_all(path), "5 cases"));
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else was left there */
    free(folder);
    free(path);
    free(spec);
    result_fini(&run);
}
END_TEST

START_TEST(a_link_stays_a_link)
{
    char *folder = temporary_folder();
    ck_assert_ptr_nonnull(folder);
    char *path = mem_printf("%s/report", folder);
    char *link = mem_printf("%s/link", folder);
    char *spec = mem_printf("text=%s", link);
    fclose(fopen(path, "w"));
    ck_assert_int_eq(symlink("report", link), 0);
    struct run_result run = made_run("x");
    struct report_file *report = report_file_open(spec, NULL);
    ck_assert(report_file_finish(report, &run, NULL));
    report_file_free(report);
    struct stat about;
    ck_assert_int_eq(lstat(link, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
    ck_assert_ptr_nonnull(strstr(read_all(path), "5 cases"));
    unlink(link);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
    free(folder);
    free(path);
    free(link);
    free(spec);
    result_fini(&run);
}
END_TEST

START_TEST(an_open_file_is_added_to)
{
    char *path;
    int fd = temporary_beside("/tmp/imageproof", &path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "before\n", 7), 7);
    char *spec = mem_printf("text=/dev/fd/%d", fd);
    struct run_result run = made_run("x");
    struct report_file *report = report_file_open(spec, NULL);
    ck_assert_ptr_nonnull(report);
    ck_assert(report_file_finish(report, &run, NULL));
    report_file_free(report);
    const char *text = read_all(path);
    ck_assert_int_eq(strncmp(text, "before\n", 7), 0);
    ck_assert_ptr_nonnull(strstr(text, "5 cases"));
    close(fd);
    unlink(path);
    free(path);
    free(spec);
    result_fini(&run);
}
END_TEST

START_TEST(writes_straight_where_nothing_can_be_replaced)
{
    struct run_result run = made_run("x");
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
    tcase_add_test(tests, a_failure_without_a_finding_has_every_form);
    tcase_add_test(tests, an_interruption_is_told_first);
    tcase_add_test(tests, long_sentences_are_broken);
    tcase_add_test(tests, an_exchange_that_is_not_there_is_not_shown);
    tcase_add_loop_test(tests, tells_the_shell, 0, TESTING_COUNT(statuses));
    tcase_add_loop_test(tests, quotes_for_a_shell, 0, TESTING_COUNT(words));
    tcase_add_loop_test(tests, shows_on_one_line, 0, TESTING_COUNT(lines));
    tcase_add_loop_test(tests, knows_utf8, 0, TESTING_COUNT(characters));
    tcase_add_loop_test(tests, encodes_base64, 0, TESTING_COUNT(base64));
    tcase_add_test(tests, repeats_a_request);
    tcase_add_loop_test(tests, commands_say_what_was_sent, 0, TESTING_COUNT(commands));
    tcase_add_loop_test(tests, commands_carry_the_body, 0, TESTING_COUNT(bodies));
    tcase_add_loop_test(tests, refuses_before_the_run, 0, TESTING_COUNT(refused));
    tcase_add_test(tests, replaces_a_file_at_the_end_only);
    tcase_add_test(tests, a_link_stays_a_link);
    tcase_add_test(tests, an_open_file_is_added_to);
    tcase_add_test(tests, writes_straight_where_nothing_can_be_replaced);
    TCase *const cases[] = {
        tests, tests_of_run_log(), tests_of_run_log_resume(), tests_of_earlier(), tests_of_certificate(),
        NULL};
    return testing_run("reports", cases);
}
