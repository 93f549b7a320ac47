#include "conformance/formats/source.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/temporary.h"
#include "conformance/formats/test/test_formats.h"

#define FILE_BYTES 40000 /* more than what is read ahead */

static char *folder;
static char *path;

static uint8_t byte_at(uint64_t offset)
{
    return (uint8_t)(offset * 7 + offset / 251);
}

static void make_files(void)
{
    folder = temporary_folder();
    ck_assert_ptr_nonnull(folder);
    path = mem_printf("%s/image", folder);
    FILE *file = fopen(path, "w");
    for (uint64_t i = 0; i < FILE_BYTES; i++)
        fputc(byte_at(i), file);
    fclose(file);
    CLEANUP(text) char *link = mem_printf("%s/link", folder);
    ck_assert_int_eq(symlink(path, link), 0);
}

static void remove_files(void)
{
    CLEANUP(text) char *link = mem_printf("%s/link", folder);
    unlink(link);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
    free(path);
    free(folder);
}

static const struct range {
    const char *name;
    uint64_t offset;
    size_t length;
    bool there;
} ranges[] = {
    {"the start", 0, 16, true},
    {"all of it", 0, FILE_BYTES, true},
    {"across what is read ahead", 16380, 10, true},
    {"the last byte", FILE_BYTES - 1, 1, true},
    {"nothing at the end", FILE_BYTES, 0, true},
    {"one byte too many", FILE_BYTES - 9, 10, false},
    {"behind the end", FILE_BYTES, 1, false},
    {"far behind the end", UINT64_C(1) << 62, 1, false},
    {"a sum that wraps", UINT64_MAX, 2, false},
    {"nothing behind the end", FILE_BYTES + 1, 0, false},
};

static void check_range(struct source *source, const struct range *range)
{
    static uint8_t bytes[FILE_BYTES];
    ck_assert_msg(source_has(source, range->offset, range->length) == range->there, "%s", range->name);
    ck_assert_msg(source_read(source, range->offset, bytes, range->length) == range->there, "%s",
                  range->name);
    for (size_t i = 0; range->there && i < range->length; i++)
        ck_assert_msg(bytes[i] == byte_at(range->offset + i), "%s: byte %zu", range->name, i);
}

START_TEST(reads_what_is_there_and_nothing_else)
{
    const struct range *range = &ranges[_i];
    struct err err = ERR_INIT;
    struct source *file = source_open(path, &err);
    uint8_t bytes[FILE_BYTES];
    for (uint64_t i = 0; i < FILE_BYTES; i++)
        bytes[i] = byte_at(i);
    struct source *memory = source_from_memory(bytes, sizeof bytes);
    ck_assert_uint_eq(source_size(file), FILE_BYTES);
    check_range(file, range);
    check_range(memory, range);
    ck_assert_int_eq(source_error(file)->code, ERR_NONE);
    source_free(file);
    source_free(memory);
}
END_TEST

START_TEST(an_error_of_the_system_stays)
{
    struct err err = ERR_INIT;
    struct source *file = source_open(path, &err);
    uint8_t bytes[8];
    ck_assert_int_eq(truncate(path, 100), 0);
    ck_assert(!source_read(file, 20000, bytes, sizeof bytes));
    ck_assert_int_eq(source_error(file)->code, ERR_IO);
    ck_assert(!source_read(file, 0, bytes, sizeof bytes));
    source_free(file);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    static const char *const names[] = {"/nowhere/image", "/dev/null", "/tmp", ""};
    struct err err = ERR_INIT;
    ck_assert_ptr_null(source_open(names[_i], &err));
    ck_assert_int_ne(err.code, ERR_NONE);
}
END_TEST

START_TEST(siblings_are_in_the_same_folder)
{
    static const struct {
        const char *name;
        bool opened;
    } rows[] = {
        {"image", true}, {"link", false},      {"../image", false},  {"./image", false},
        {"", false},     {"/dev/null", false}, {"not-there", false},
    };
    struct err err = ERR_INIT;
    struct source *file = source_open(path, NULL);
    struct source *sibling = source_open_sibling(file, rows[_i].name, &err);
    ck_assert_msg((sibling != NULL) == rows[_i].opened, "%s", rows[_i].name);
    ck_assert((err.code == ERR_NONE) == rows[_i].opened);
    source_free(sibling);
    source_free(file);
}
END_TEST

START_TEST(memory_has_no_siblings)
{
    struct source *memory = source_from_memory("x", 1);
    ck_assert_ptr_null(source_open_sibling(memory, "image", NULL));
    source_free(memory);
}
END_TEST

TCase *source_tests(void)
{
    TCase *tests = tcase_create("source");
    tcase_add_checked_fixture(tests, make_files, remove_files);
    tcase_add_loop_test(tests, reads_what_is_there_and_nothing_else, 0,
                        (int)(sizeof ranges / sizeof *ranges));
    tcase_add_test(tests, an_error_of_the_system_stays);
    tcase_add_loop_test(tests, what_is_no_file_is_refused, 0, 4);
    tcase_add_loop_test(tests, siblings_are_in_the_same_folder, 0, 7);
    tcase_add_test(tests, memory_has_no_siblings);
    return tests;
}
