#include "mock/hashing.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "mock/test/test_mock.h"

#define PIECE 30000

static void done(void *context)
{
    sem_post(context);
}

static void digest_of(enum digest_kind kind, const char *bytes, size_t size, char hex[static DIGEST_HEX_SIZE])
{
    struct digest *digest = digest_new(kind);
    digest_update(digest, bytes, size);
    digest_finish(digest, hex);
    digest_free(digest);
}

static void feed(struct hashing *hashing, struct data *data, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += PIECE) {
        data_append(data, bytes + at, size - at < PIECE ? size - at : PIECE, UINT64_MAX);
        hashing_feed(hashing);
    }
}

static const size_t sizes[] = {
    0, 1, DATA_BLOCK_SIZE - 1, DATA_BLOCK_SIZE, DATA_BLOCK_SIZE + 1, 5 * 1024 * 1024 + 3};

START_TEST(sums_are_those_of_the_data)
{
    size_t size = sizes[_i];
    CLEANUP(text) char *bytes = mem_alloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7);
    struct workers *workers = workers_new(2);
    struct space *space = space_new(UINT64_MAX);
    struct data *data = data_new(space, "p", false);
    struct hashing *hashing = hashing_new(workers, data);
    char hex[DIGEST_HEX_SIZE];
    sem_t finished;
    sem_init(&finished, 0, 0);
    feed(hashing, data, bytes, size);
    ck_assert_int_eq(data_finish(data), DATA_STORED);
    hashing_finish(hashing, done, &finished);
    sem_wait(&finished);
    digest_of(DIGEST_MD5, bytes, size, hex);
    ck_assert_str_eq(hashing_sums(hashing)->md5, hex);
    digest_of(DIGEST_SHA512, bytes, size, hex);
    ck_assert_str_eq(hashing_sums(hashing)->sha512, hex);
    hashing_free(hashing);
    workers_free(workers);
    data_unref(data);
    space_free(space);
    sem_destroy(&finished);
}
END_TEST

START_TEST(may_be_abandoned_at_any_time)
{
    struct workers *workers = workers_new(2);
    struct space *space = space_new(UINT64_MAX);
    CLEANUP(text) char *bytes = mem_alloc(8 * DATA_BLOCK_SIZE);
    memset(bytes, 1, 8 * DATA_BLOCK_SIZE);
    for (int i = 0; i < 50; i++) {
        struct data *data = data_new(space, "p", false);
        struct hashing *hashing = hashing_new(workers, data);
        feed(hashing, data, bytes, 8 * DATA_BLOCK_SIZE);
        hashing_free(hashing);
        data_unref(data);
    }
    workers_free(workers);
    ck_assert_uint_eq(space_stored_bytes(space), 0);
    space_free(space);
}
END_TEST

struct late {
    struct work work;
    sem_t *done;
};

static void run_late(struct work *work)
{
    sem_post(((struct late *)work)->done);
}

START_TEST(stopping_does_what_is_not_due_yet)
{
    struct workers *workers = workers_new(1);
    sem_t ran;
    sem_init(&ran, 0, 0);
    struct late late = {{.run = run_late}, &ran};
    struct late later = {{.run = run_late}, &ran};
    workers_submit(workers, &late.work, 3600 * 1000);
    workers_stop(workers);
    ck_assert_int_eq(sem_trywait(&ran), 0);
    workers_submit(workers, &later.work, 3600 * 1000);
    ck_assert_int_eq(sem_trywait(&ran), 0);
    workers_free(workers);
    sem_destroy(&ran);
}
END_TEST

TCase *hashing_tests(void)
{
    TCase *tests = tcase_create("hashing");
    tcase_add_loop_test(tests, sums_are_those_of_the_data, 0, TESTING_COUNT(sizes));
    tcase_add_test(tests, may_be_abandoned_at_any_time);
    tcase_add_test(tests, stopping_does_what_is_not_due_yet);
    return tests;
}
