#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/image_store.h"
#include "conformance/test/test_judge.h"

#define MOST_BYTES ((uint64_t)1000)

static const char *const hostile[] = {
    "",    ".",     "..",       ".hidden", "/etc/passwd", "../x",    "a/b",  "-rf",   "a b",
    "a;b", "$(id)", "a\nb",     "a`id`",   "a*",          "a'b",     "a\"b", "a\\b",  "~",
    "a&b", "a|b",   "\xc3\xa4", "_a",      "%2e%2e%2fx",  "${path}", "a>b",  "a\x01",
};

START_TEST(hostile_names_are_none)
{
    struct err err = ERR_INIT;
    ck_assert_msg(!image_store_takes(hostile[_i], &err), "'%s'", hostile[_i]);
    ck_assert_int_eq(err.code, ERR_VALUE);
}
END_TEST

START_TEST(names_of_images_are_taken)
{
    static const char *const names[] = {"a", "0a1b2c3d-12.img", "x-s001.vmdk", "a..b", "A_b"};
    for (size_t i = 0; i < TESTING_COUNT(names); i++)
        ck_assert_msg(image_store_takes(names[i], NULL), "'%s'", names[i]);
}
END_TEST

/* ---- one fetch ---- */

static void collect(void *context, const void *bytes, size_t length)
{
    buf_append(context, bytes, length);
}

static atomic_bool never;

/* What came of it; the bytes in `seen`. */
static void fetch(const struct image_store *store, const char *name, uint64_t timeout_ms,
                  const atomic_bool *stop, struct buf *seen, struct subject_exchange *exchange)
{
    const struct image_store_limits limits = {timeout_ms, stop};
    const struct subject_watcher watcher = {collect, seen, MOST_BYTES};
    buf_init(seen, 2 * MOST_BYTES);
    image_store_fetch(store, name, &limits, &watcher, exchange);
}

/* ---- a directory ---- */

struct place {
    char *top;    /* with the file "secret" */
    char *folder; /* below it, shared */
};

static void write_file(const char *folder, const char *name, const char *bytes, size_t length)
{
    CLEANUP(text) char *path = mem_printf("%s/%s", folder, name);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, bytes, length), (ssize_t)length);
    close(file);
}

static struct place place_new(void)
{
    static const char much[MOST_BYTES + 1];
    struct place place = {.top = temporary_folder()};
    place.folder = mem_printf("%s/images", place.top);
    ck_assert_int_eq(mkdir(place.folder, 0700), 0);
    write_file(place.top, "secret", "nobody else's", 13);
    write_file(place.folder, "good", "all of it", 9);
    write_file(place.folder, "empty", "", 0);
    write_file(place.folder, "full", much, MOST_BYTES);
    write_file(place.folder, "over", much, MOST_BYTES + 1);
    int folder = open(place.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(symlinkat("../secret", folder, "link"), 0);
    ck_assert_int_eq(symlinkat("good", folder, "link-inside"), 0);
    ck_assert_int_eq(symlinkat("../nothing", folder, "dangling"), 0);
    ck_assert_int_eq(mkfifoat(folder, "pipe", 0600), 0);
    ck_assert_int_eq(mkdirat(folder, "sub", 0700), 0);
    close(folder);
    return place;
}

static void place_end(struct place *place)
{
    static const char *const names[] = {"good", "empty",       "full",     "over",
                                        "link", "link-inside", "dangling", "pipe"};
    int folder = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < TESTING_COUNT(names); i++)
        unlinkat(folder, names[i], 0);
    unlinkat(folder, "sub", AT_REMOVEDIR);
    close(folder);
    CLEANUP(text) char *secret = mem_printf("%s/secret", place->top);
    unlink(secret);
    ck_assert_int_eq(rmdir(place->folder), 0);
    ck_assert_int_eq(rmdir(place->top), 0);
    free(place->folder);
    free(place->top);
}

static const struct {
    const char *name;
    enum subject_outcome outcome;
    int status;
    uint64_t bytes;
    const char *fragment; /* of the error; NULL: none */
} files[] = {
    {"good", SUBJECT_ANSWERED, 200, 9, NULL},
    {"empty", SUBJECT_ANSWERED, 200, 0, NULL},
    {"full", SUBJECT_ANSWERED, 200, MOST_BYTES, NULL},
    {"over", SUBJECT_TOO_LONG, 0, 0, "more than 1000 bytes"},
    {"missing", SUBJECT_ANSWERED, 404, 0, NULL},
    {"link", SUBJECT_FAULT, 0, 0, "it is a link"},
    {"link-inside", SUBJECT_FAULT, 0, 0, "it is a link"},
    {"dangling", SUBJECT_FAULT, 0, 0, "it is a link"},
    {"pipe", SUBJECT_FAULT, 0, 0, "no regular file"},
    {"sub", SUBJECT_FAULT, 0, 0, "no regular file"},
};

START_TEST(a_directory_gives_its_files_only)
{
    struct place place = place_new();
    const struct image_store store = {.kind = IMAGE_STORE_DIRECTORY, .directory = place.folder};
    struct buf seen;
    struct subject_exchange exchange;
    fetch(&store, files[_i].name, 10000, &never, &seen, &exchange);
    ck_assert_msg(exchange.outcome == files[_i].outcome, "%s: %s", files[_i].name, exchange.error);
    ck_assert_int_eq(exchange.answer.status, files[_i].status);
    ck_assert_uint_eq(seen.length, files[_i].bytes);
    ck_assert_uint_eq(exchange.answer.body_bytes, files[_i].bytes);
    ck_assert_uint_eq(exchange.answer.body_kept, files[_i].bytes);
    ck_assert_int_eq(*exchange.answer_md5 != '\0', files[_i].bytes > 0);
    ck_assert_int_eq(exchange.error != NULL, files[_i].fragment != NULL);
    if (files[_i].fragment)
        ck_assert_ptr_nonnull(strstr(exchange.error, files[_i].fragment));
    ck_assert_ptr_null(memmem(seen.data, seen.length, "nobody", 6));
    subject_exchange_fini(&exchange);
    buf_fini(&seen);
    place_end(&place);
}
END_TEST

START_TEST(a_missing_directory_is_no_missing_file)
{
    static char nowhere[] = "/no/such/directory";
    const struct image_store store = {.kind = IMAGE_STORE_DIRECTORY, .directory = nowhere};
    struct buf seen;
    struct subject_exchange exchange;
    fetch(&store, "x", 10000, &never, &seen, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_FAULT);
    ck_assert_ptr_nonnull(strstr(exchange.error, nowhere));
    subject_exchange_fini(&exchange);
    buf_fini(&seen);
}
END_TEST

/* ---- a program ---- */

static const struct {
    const char *name;
    const char *script; /* for sh, with ${path} */
    enum subject_outcome outcome;
    int status;
    const char *bytes;
    const char *fragment;
} programs[] = {
    {"there", "printf '%s' 'the image ${path}'", SUBJECT_ANSWERED, 200, "the image x.img", NULL},
    {"named twice", "printf '%s' '${path}${path}'", SUBJECT_ANSWERED, 200, "x.imgx.img", NULL},
    {"empty", "exit 0", SUBJECT_ANSWERED, 200, "", NULL},
    {"not there", "echo no such file >&2; exit 1", SUBJECT_ANSWERED, 404, "", NULL},
    {"half of it", "printf half; exit 1", SUBJECT_FAULT, 0, NULL, "ended with status 1"},
    {"no connection", "exit 255", SUBJECT_FAULT, 0, NULL, "ended with status 255"},
    {"killed", "kill -KILL $$", SUBJECT_FAULT, 0, NULL, "ended by signal 9"},
    {"endless", "while :; do printf 0123456789; done", SUBJECT_TOO_LONG, 0, NULL, "more than 1000 bytes"},
    {"silent", "sleep 60", SUBJECT_TIMEOUT, 0, NULL, "not there within"},
    {"silent, with a child", "sleep 60 & wait", SUBJECT_TIMEOUT, 0, NULL, "not there within"},
    {"closed, and goes on", "exec >&-; sleep 60", SUBJECT_TIMEOUT, 0, NULL, "not there within"},
    {"reads", "cat", SUBJECT_ANSWERED, 200, "", NULL}, /* nothing is there to be read */
};

static struct image_store store_of(const char *program, const char *option, const char *script)
{
    struct image_store store = {.kind = IMAGE_STORE_COMMAND};
    const char *const words[] = {program, option, script};
    for (size_t i = 0; i < TESTING_COUNT(words); i++)
        *mem_append(&store.command, &store.command_count) = mem_dup(words[i]);
    return store;
}

START_TEST(a_program_gives_what_it_says)
{
    struct image_store store = store_of("sh", "-c", programs[_i].script);
    uint64_t timeout_ms = programs[_i].outcome == SUBJECT_TIMEOUT ? 200 : 20000;
    struct buf seen;
    struct subject_exchange exchange;
    fetch(&store, "x.img", timeout_ms, &never, &seen, &exchange);
    ck_assert_msg(exchange.outcome == programs[_i].outcome, "%s: outcome %d: %s", programs[_i].name,
                  (int)exchange.outcome, exchange.error);
    ck_assert_int_eq(exchange.answer.status, programs[_i].status);
    if (programs[_i].bytes)
        ck_assert_str_eq(seen.data, programs[_i].bytes);
    if (programs[_i].fragment)
        ck_assert_msg(strstr(exchange.error, programs[_i].fragment) != NULL, "%s", exchange.error);
    subject_exchange_fini(&exchange);
    buf_fini(&seen);
    image_store_fini(&store);
}
END_TEST

START_TEST(a_program_that_is_not_there)
{
    struct image_store store = store_of("/no/such/program", "a", "b");
    struct buf seen;
    struct subject_exchange exchange;
    fetch(&store, "x.img", 20000, &never, &seen, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_FAULT);
    ck_assert_ptr_nonnull(strstr(exchange.error, "/no/such/program: No such file"));
    subject_exchange_fini(&exchange);
    buf_fini(&seen);
    image_store_fini(&store);
}
END_TEST

START_TEST(a_stop_ends_it)
{
    atomic_bool stopped = true;
    struct image_store store = store_of("sleep", "60", "60");
    struct buf seen;
    struct subject_exchange exchange;
    fetch(&store, "x.img", 60000, &stopped, &seen, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_STOPPED);
    subject_exchange_fini(&exchange);
    buf_fini(&seen);
    image_store_fini(&store);
}
END_TEST

TCase *tests_of_image_store(void)
{
    TCase *tests = tcase_create("image store");
    tcase_set_timeout(tests, 30);
    tcase_add_loop_test(tests, hostile_names_are_none, 0, TESTING_COUNT(hostile));
    tcase_add_test(tests, names_of_images_are_taken);
    tcase_add_loop_test(tests, a_directory_gives_its_files_only, 0, TESTING_COUNT(files));
    tcase_add_test(tests, a_missing_directory_is_no_missing_file);
    tcase_add_loop_test(tests, a_program_gives_what_it_says, 0, TESTING_COUNT(programs));
    tcase_add_test(tests, a_program_that_is_not_there);
    tcase_add_test(tests, a_stop_ends_it);
    return tests;
}
