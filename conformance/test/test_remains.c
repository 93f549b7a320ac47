#include "conformance/remains.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/testing_place.h"
#include "conformance/test/test_judge.h"

#define BEGIN                                                                                                \
    "{\"record\":\"begin\",\"schema\":\"imageproof.remains/1\",\"run\":\"deadbeef\",\"url\":\"http://h\"}\n"
#define MADE(entry)                                                                                          \
    "{\"record\":\"made\",\"number\":7,\"identity\":\"owner\",\"api\":\"images-v2\",\"name\":\"n\",\"id\":"  \
    "null,"                                                                                                  \
    "\"entry\":" #entry "}\n"
#define UNDO(entry)                                                                                          \
    "{\"record\":\"undo\",\"number\":7,\"identity\":\"owner\",\"method\":\"DELETE\",\"path\":\"/v2/images/"  \
    "1\","                                                                                                   \
    "\"headers\":{},\"entry\":" #entry "}\n"
#define DONE(entry) "{\"record\":\"done\",\"entry\":" #entry "}\n"

/* ---- one ledger ---- */

static long size_of(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (long)about.st_size : -1;
}

static struct remains *create(const char *path)
{
    const struct remains_head head = {.run_id = "deadbeef", .url = "http://h", .subject = "/t.yaml"};
    struct err err = ERR_INIT;
    struct remains *remains = remains_create(path, &head, &err);
    ck_assert_msg(remains, "%s", err.text);
    return remains;
}

static struct remains *load(const char *path)
{
    struct err err = ERR_INIT;
    struct remains *remains = remains_load(path, &err);
    ck_assert_msg(remains, "%s", err.text);
    return remains;
}

/* A request with these headers; what it points to is static. */
static struct request request_of(struct spec_pair *headers, size_t count)
{
    static char identity[] = "owner";
    static char method[] = "DELETE";
    static char url[] = "http://h/v2/images/1";
    return (struct request){
        .identity = identity, .method = method, .url = url, .headers = headers, .header_count = count};
}

static size_t add(struct remains *remains, struct err *err)
{
    struct request request = request_of(NULL, 0);
    return remains_undo(remains, 7, "http://h", &request, err);
}

/* ---- what is read ---- */

static const struct {
    const char *name;
    const char *text;
    size_t open;
    size_t cut_bytes; /* that go from its end */
} good[] = {
    {"nothing made", BEGIN, 0, 0},
    {"made", BEGIN MADE(1), 1, 0},
    {"made and done", BEGIN MADE(1) DONE(1), 0, 0},
    {"known how to undo", BEGIN MADE(1) UNDO(2) DONE(1), 1, 0},
    {"done twice", BEGIN MADE(1) DONE(1) DONE(1), 0, 0},
    {"a line that could not be written", BEGIN MADE(1) MADE(3), 2, 0},
    {"many that could not be written", BEGIN MADE(1000), 1, 0},
    {"cut in a line", BEGIN MADE(1) "{\"record\":\"ma", 1, 13},
    {"cut before its newline", BEGIN MADE(1) "{\"record\":\"done\",\"entry\":1}", 1, 27},
    {"cut behind a letter", BEGIN "{", 0, 1},
    {"unknown members", BEGIN "{\"record\":\"made\",\"entry\":1,\"more\":[1,{}]}\n", 1, 0},
};

START_TEST(is_read)
{
    struct testing_place place = testing_place_make("ledger");
    size_t length = strlen(good[_i].text);
    testing_place_write(&place, good[_i].text, length);
    struct remains *remains = load(place.path);
    ck_assert_msg(remains_open_count(remains) == good[_i].open, "%s: %zu are open", good[_i].name,
                  remains_open_count(remains));
    ck_assert_str_eq(json_string_value(json_object_get(remains_begin(remains), "run")), "deadbeef");
    ck_assert_msg(size_of(place.path) == (long)(length - good[_i].cut_bytes), "%s: is %ld long",
                  good[_i].name, size_of(place.path));
    remains_free(remains);
    ck_assert_msg((size_of(place.path) < 0) == (good[_i].open == 0), "%s: stays, or is gone", good[_i].name);
    testing_place_remove(&place);
}
END_TEST

#define BYTES(text) (text), sizeof(text) - 1
static const struct {
    const char *name;
    const char *bytes;
    size_t length;
    const char *said;
} bad[] = {
    {"empty", BYTES(""), "is no ledger"},
    {"a newline", BYTES("\n"), "no line of a ledger"},
    {"one line of somebody's", BYTES("hello"), "is no ledger"},
    {"lines of somebody's", BYTES("hello\nworld\n"), "no line of a ledger"},
    {"cut in its first line", BYTES("{\"record\":\"begin\",\"sche"), "is no ledger"},
    {"a log of a run", BYTES("{\"record\":\"begin\",\"schema\":\"imageproof.log/1\"}\n"),
     "no line of a ledger"},
    {"another version", BYTES("{\"record\":\"begin\",\"schema\":\"imageproof.remains/2\"}\n"),
     "no line of a ledger"},
    {"a schema that is no text", BYTES("{\"record\":\"begin\",\"schema\":1}\n"), "no line of a ledger"},
    {"no beginning", BYTES(MADE(1)), "no line of a ledger"},
    {"two beginnings", BYTES(BEGIN BEGIN), "2"},
    {"an empty line", BYTES(BEGIN "\n" MADE(1)), "no line of a ledger"},
    {"a list", BYTES(BEGIN "[]\n"), "no line of a ledger"},
    {"a text", BYTES(BEGIN "\"made\"\n"), "no line of a ledger"},
    {"an unknown record", BYTES(BEGIN "{\"record\":\"lost\",\"entry\":1}\n"), "no line of a ledger"},
    {"a record that is no text", BYTES(BEGIN "{\"record\":1,\"entry\":1}\n"), "no line of a ledger"},
    {"made without a number", BYTES(BEGIN "{\"record\":\"made\"}\n"), "no line of a ledger"},
    {"made as a text", BYTES(BEGIN "{\"record\":\"made\",\"entry\":\"1\"}\n"), "no line of a ledger"},
    {"made as zero", BYTES(BEGIN MADE(0)), "no line of a ledger"},
    {"made below zero", BYTES(BEGIN MADE(-1)), "no line of a ledger"},
    {"made as the least number", BYTES(BEGIN MADE(-9223372036854775808)), "no line of a ledger"},
    {"made as the greatest number", BYTES(BEGIN MADE(9223372036854775807)), "no line of a ledger"},
    {"made out of sight", BYTES(BEGIN MADE(1048578)), "no line of a ledger"},
    {"made out of sight in two steps", BYTES(BEGIN MADE(600000) MADE(1200000)), "no line of a ledger"},
    {"made twice", BYTES(BEGIN MADE(1) MADE(1)), "no line of a ledger"},
    {"made backwards", BYTES(BEGIN MADE(2) MADE(1)), "no line of a ledger"},
    {"done before it was made", BYTES(BEGIN DONE(1)), "no line of a ledger"},
    {"done without a number", BYTES(BEGIN MADE(1) "{\"record\":\"done\"}\n"), "no line of a ledger"},
    {"done below zero", BYTES(BEGIN MADE(1) DONE(-1)), "no line of a ledger"},
    {"two records a line", BYTES(BEGIN "{\"record\":\"made\",\"entry\":1} {}\n"), "no line of a ledger"},
    {"a byte of zero in a line", BYTES(BEGIN "{\"record\":\0\"made\",\"entry\":1}\n" DONE(1)),
     "no line of a ledger"},
    {"a line of zeroes", BYTES(BEGIN "\0\0\0\0\n"), "no line of a ledger"},
    {"what is no UTF-8", BYTES(BEGIN "{\"record\":\"made\",\"entry\":1,\"name\":\"\xff\"}\n"),
     "no line of a ledger"},
    {"broken in the middle", BYTES(BEGIN "{\"record\":\"ma\n" DONE(1)), "no line of a ledger"},
};

/* Nothing of it is changed, whatever it is: it may be anybody's. */
START_TEST(is_refused)
{
    struct testing_place place = testing_place_make("ledger");
    struct err err = ERR_INIT;
    testing_place_write(&place, bad[_i].bytes, bad[_i].length);
    ck_assert_msg(!remains_load(place.path, &err), "%s: is read", bad[_i].name);
    char text[1200];
    err_format(&err, text, sizeof text);
    ck_assert_msg(strstr(text, bad[_i].said), "%s: %s", bad[_i].name, text);
    ck_assert_msg(size_of(place.path) == (long)bad[_i].length, "%s: is %ld long", bad[_i].name,
                  size_of(place.path));
    testing_place_remove(&place);
}
END_TEST

START_TEST(a_line_without_an_end_is_refused)
{
    struct testing_place place = testing_place_make("ledger");
    struct err err = ERR_INIT;
    testing_place_write(&place, BYTES(BEGIN));
    ck_assert_int_eq(truncate(place.path, 64L << 20), 0); /* of zeroes */
    ck_assert_ptr_null(remains_load(place.path, &err));
    ck_assert_int_eq(size_of(place.path), 64L << 20);
    testing_place_remove(&place);
}
END_TEST

START_TEST(no_file_is_no_ledger)
{
    static const char *const paths[] = {"/dev/zero", "/dev/null", "/", "/no/such/file"};
    for (int i = 0; i < TESTING_COUNT(paths); i++) {
        struct err err = ERR_INIT;
        ck_assert_msg(!remains_load(paths[i], &err) && err.code != ERR_NONE, "%s", paths[i]);
    }
}
END_TEST

/* ---- what is written ---- */

START_TEST(what_is_open_is_read_back)
{
    struct testing_place place = testing_place_make("ledger");
    struct err err = ERR_INIT;
    struct remains *remains = create(place.path);
    size_t first = add(remains, &err);
    size_t second = add(remains, &err);
    remains_done(remains, first);
    remains_done(remains, REMAINS_NONE);
    remains_free(remains);
    remains = load(place.path);
    json_t *open = remains_open(remains);
    ck_assert_uint_eq(json_array_size(open), 1);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(open, 0), "path")), "/v2/images/1");
    json_decref(open);
    ck_assert_uint_eq(add(remains, &err), second + 1);
    remains_done(remains, second);
    remains_done(remains, second + 1);
    remains_free(remains);
    ck_assert_int_lt(size_of(place.path), 0);
    testing_place_remove(&place);
}
END_TEST

START_TEST(who_only_looks_leaves_it)
{
    struct testing_place place = testing_place_make("ledger");
    remains_close(create(place.path));
    remains_close(load(place.path));
    remains_close(NULL);
    ck_assert_int_gt(size_of(place.path), 0);
    testing_place_remove(&place);
}
END_TEST

START_TEST(nobody_else_has_it_meanwhile)
{
    struct testing_place place = testing_place_make("ledger");
    struct err err = ERR_INIT;
    struct remains *remains = create(place.path);
    ck_assert_ptr_null(remains_load(place.path, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "a run that is not over"));
    ck_assert_int_gt(size_of(place.path), 0);
    remains_close(remains);
    remains_close(load(place.path));
    testing_place_remove(&place);
}
END_TEST

START_TEST(another_one_s_is_not_written_into)
{
    struct testing_place place = testing_place_make("ledger");
    const struct remains_head head = {.run_id = "deadbeef", .url = "http://h"};
    struct err err = ERR_INIT;
    testing_place_write(&place, BYTES("mine"));
    ck_assert_ptr_null(remains_create(place.path, &head, &err));
    ck_assert_int_eq(size_of(place.path), 4);
    testing_place_remove(&place);
}
END_TEST

/* On a disk that is full for a while. */
START_TEST(what_cannot_be_written_leaves_no_trace)
{
    struct testing_place place = testing_place_make("ledger");
    struct err err = ERR_INIT;
    struct remains *remains = create(place.path);
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    struct rlimit full = limit;
    full.rlim_cur = (rlim_t)size_of(place.path) + 20;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &full), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(add(remains, &err), REMAINS_NONE);
    ck_assert_ptr_nonnull(strstr(err.text, place.path));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    err_reset(&err);
    ck_assert_uint_ne(add(remains, &err), REMAINS_NONE);
    remains_free(remains);
    remains = load(place.path);
    ck_assert_uint_eq(remains_open_count(remains), 1);
    remains_close(remains);
    testing_place_remove(&place);
}
END_TEST

START_TEST(no_credential_is_in_it)
{
    static char names[][20] = {"X-Auth-Token", "Authorization", "x-service-token", "Cookie", "X-Kept"};
    static char secret[] = "s3cret-value";
    struct spec_pair headers[TESTING_COUNT(names)];
    for (int i = 0; i < TESTING_COUNT(names); i++)
        headers[i] = (struct spec_pair){names[i], i + 1 < TESTING_COUNT(names) ? secret : names[i]};
    struct request request = request_of(headers, TESTING_COUNT(names));
    struct testing_place place = testing_place_make("ledger");
    struct err err = ERR_INIT;
    struct remains *remains = create(place.path);
    ck_assert_uint_ne(remains_undo(remains, 7, "http://h", &request, &err), REMAINS_NONE);
    ck_assert_uint_ne(remains_made(remains, 7, "images-v2", &request, &err), REMAINS_NONE);
    char text[4096] = "";
    FILE *file = fopen(place.path, "re");
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    ck_assert_ptr_null(strstr(text, secret));
    ck_assert_ptr_nonnull(strstr(text, "X-Kept"));
    remains_close(remains);
    testing_place_remove(&place);
}
END_TEST

TCase *tests_of_remains(void)
{
    TCase *tests = tcase_create("remains");
    tcase_add_loop_test(tests, is_read, 0, TESTING_COUNT(good));
    tcase_add_loop_test(tests, is_refused, 0, TESTING_COUNT(bad));
    tcase_add_test(tests, a_line_without_an_end_is_refused);
    tcase_add_test(tests, no_file_is_no_ledger);
    tcase_add_test(tests, what_is_open_is_read_back);
    tcase_add_test(tests, who_only_looks_leaves_it);
    tcase_add_test(tests, nobody_else_has_it_meanwhile);
    tcase_add_test(tests, another_one_s_is_not_written_into);
    tcase_add_test(tests, what_cannot_be_written_leaves_no_trace);
    tcase_add_test(tests, no_credential_is_in_it);
    return tests;
}
