#include "mock/data.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "mock/test/test_mock.h"

#define NO_QUOTA UINT64_MAX
#define B        DATA_BLOCK_SIZE

static const struct {
    const char *name;
    size_t size;
    size_t zeroes; /* so many of the first bytes are */
    size_t stored;
} shapes[] = {
    {"nothing", 0, 0, 0},
    {"a byte", 1, 0, 1},
    {"a zero", 1, 1, 0},
    {"under a block", B - 1, 0, B - 1},
    {"a block", B, 0, B},
    {"over a block", B + 1, 0, B + 1},
    {"a block of zeroes", B, B, 0},
    {"zeroes, then a byte", B + 1, B, 1},
    {"zeroes but for the last byte", 3 * B, 3 * B - 1, B},
    {"many blocks", 40 * B + 7, 0, 40 * B + 7},
};

static char *make_bytes(size_t size, size_t zeroes)
{
    char *bytes = mem_alloc(size);
    for (size_t i = zeroes; i < size; i++)
        bytes[i] = (char)(1 + i % 251);
    return bytes;
}

static struct data *make_data(struct space *space, const char *bytes, size_t size, size_t piece)
{
    struct data *data = data_new(space, "p", false);
    for (size_t at = 0; at < size; at += piece) {
        size_t length = size - at < piece ? size - at : piece;
        ck_assert_int_eq(data_append(data, bytes + at, length, NO_QUOTA), DATA_STORED);
    }
    ck_assert_int_eq(data_finish(data), DATA_STORED);
    return data;
}

START_TEST(gives_back_what_was_stored)
{
    struct space *space = space_new(UINT64_MAX);
    size_t size = shapes[_i].size;
    CLEANUP(text) char *bytes = make_bytes(size, shapes[_i].zeroes);
    CLEANUP(text) char *read = mem_alloc(size + 1);
    struct data *data = make_data(space, bytes, size, 10007);
    ck_assert_uint_eq(data_length(data), size);
    ck_assert_uint_eq(space_stored_bytes(space), shapes[_i].stored);
    ck_assert_uint_eq(data_read(data, 0, read, size + 1), size);
    ck_assert_msg(memcmp(bytes, read, size) == 0, "%s", shapes[_i].name);
    ck_assert_uint_eq(data_read(data, size, read, 1), 0);
    ck_assert_uint_eq(data_read(data, size / 2, read, 5), size - size / 2 < 5 ? size - size / 2 : 5);
    ck_assert_msg(memcmp(bytes + size / 2, read, size - size / 2 < 5 ? size - size / 2 : 5) == 0, "%s",
                  shapes[_i].name);
    data_unref(data);
    ck_assert_uint_eq(space_stored_bytes(space), 0);
    space_free(space);
}
END_TEST

START_TEST(memory_ends)
{
    struct space *space = space_new(B + 10);
    CLEANUP(text) char *bytes = make_bytes(2 * B, 0);
    struct data *data = data_new(space, "p", false);
    ck_assert_int_eq(data_append(data, bytes, B + 11, NO_QUOTA), DATA_STORED);
    ck_assert_int_eq(data_finish(data), DATA_NO_MEMORY);
    data_unref(data);
    data = make_data(space, bytes, B + 10, B);
    data_unref(data);
    data = data_new(space, "p", true);
    ck_assert_int_eq(data_append(data, bytes, 2 * B, NO_QUOTA), DATA_STORED);
    data_unref(data);
    ck_assert_uint_eq(space_stored_bytes(space), 0);
    space_free(space);
}
END_TEST

START_TEST(quota_ends_for_one_project)
{
    struct space *space = space_new(UINT64_MAX);
    struct data *first = data_new(space, "p", false);
    struct data *second = data_new(space, "p", false);
    struct data *other = data_new(space, "q", false);
    ck_assert_int_eq(data_append(first, "0123456789", 10, 15), DATA_STORED);
    ck_assert_int_eq(data_append(second, "012345", 6, 15), DATA_NO_QUOTA);
    ck_assert_int_eq(data_append(other, "012345", 6, 15), DATA_STORED);
    data_unref(first);
    ck_assert_int_eq(data_append(second, "012345678901234", 15, 15), DATA_STORED);
    data_unref(second);
    data_unref(other);
    space_free(space);
}
END_TEST

START_TEST(spoilt_data_differ_in_the_last_byte)
{
    struct space *space = space_new(UINT64_MAX);
    char read[4];
    struct data *data = make_data(space, "\0\0\0", 3, 3);
    data_spoil(data);
    ck_assert_uint_eq(data_read(data, 0, read, sizeof read), 3);
    ck_assert_mem_eq(read, "\0\0\1", 3);
    ck_assert_uint_eq(data_read(data, 0, read, 2), 2);
    ck_assert_mem_eq(read, "\0\0", 2);
    data_unref(data);
    space_free(space);
}
END_TEST

TCase *data_tests(void)
{
    TCase *tests = tcase_create("data");
    tcase_add_loop_test(tests, gives_back_what_was_stored, 0, TESTING_COUNT(shapes));
    tcase_add_test(tests, memory_ends);
    tcase_add_test(tests, quota_ends_for_one_project);
    tcase_add_test(tests, spoilt_data_differ_in_the_last_byte);
    return tests;
}
