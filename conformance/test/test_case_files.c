#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/case/files.h"
#include "conformance/test/test_judge.h"

static void keep(struct case_files *files, const char *name, const char *text)
{
    struct case_file file;
    struct err err = ERR_INIT;
    ck_assert_msg(case_file_open(files, name, &file, &err), "%s", err.text);
    case_file_write(&file, text, strlen(text));
    ck_assert_msg(case_file_end(&file, &err), "%s", err.text);
    case_file_fini(&file);
}

START_TEST(files_lie_side_by_side_and_go_with_the_case)
{
    struct case_files files = {0};
    struct stat about;
    keep(&files, "a", "first");
    keep(&files, "b", "second");
    keep(&files, "a", "1");
    CLEANUP(text) char *folder = mem_dup(files.folder);
    CLEANUP(text) char *path = mem_printf("%s/a", folder);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_size, 1);
    ck_assert_uint_eq(files.count, 2);
    case_files_fini(&files);
    ck_assert_int_ne(stat(folder, &about), 0);
}
END_TEST

START_TEST(zeroes_take_no_room)
{
    static const char zeroes[1 << 20];
    struct case_files files = {0};
    struct case_file file;
    struct stat about;
    ck_assert(case_file_open(&files, "sparse", &file, NULL));
    for (size_t i = 0; i < 64; i++)
        case_file_write(&file, zeroes, sizeof zeroes);
    case_file_write(&file, "x", 1);
    ck_assert(case_file_end(&file, NULL));
    ck_assert_int_eq(stat(file.path, &about), 0);
    ck_assert_int_eq(about.st_size, 64 * (1 << 20) + 1);
    ck_assert_int_lt(about.st_blocks * 512, 1 << 20);
    case_file_fini(&file);
    case_files_fini(&files);
}
END_TEST

START_TEST(no_name_leads_elsewhere)
{
    static const char *const names[] = {"", ".", "..", "/", "/etc/passwd", "../x", "a/b", "a/"};
    for (size_t i = 0; i < TESTING_COUNT(names); i++) {
        struct case_files files = {0};
        struct case_file file;
        struct err err = ERR_INIT;
        ck_assert_msg(!case_file_open(&files, names[i], &file, &err), "'%s'", names[i]);
        ck_assert_ptr_nonnull(strstr(err.text, "no name of a file"));
        ck_assert_ptr_null(files.folder);
        case_files_fini(&files);
    }
}
END_TEST

TCase *tests_of_case_files(void)
{
    TCase *tests = tcase_create("case files");
    tcase_add_test(tests, files_lie_side_by_side_and_go_with_the_case);
    tcase_add_test(tests, zeroes_take_no_room);
    tcase_add_test(tests, no_name_leads_elsewhere);
    return tests;
}
