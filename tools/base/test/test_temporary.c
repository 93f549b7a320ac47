/* Names that nobody else has: of files beside another, and of folders. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/test/test_base.h"

static mode_t mode_of(const char *path)
{
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    return about.st_mode & 07777;
}

START_TEST(files_stand_beside_their_path)
{
    CLEANUP(text) char *folder = temporary_folder();
    ck_assert_ptr_nonnull(folder);
    CLEANUP(text) char *path = mem_printf("%s/report", folder);
    char *names[2];
    mode_t mask = umask(027);
    for (size_t i = 0; i < 2; i++) {
        int fd = temporary_beside(path, &names[i]);
        ck_assert_int_ge(fd, 0);
        close(fd);
        ck_assert_int_eq(strncmp(names[i], path, strlen(path)), 0);
        ck_assert_uint_eq(mode_of(names[i]), 0640);
    }
    ck_assert_uint_eq(umask(mask), 027);
    ck_assert_str_ne(names[0], names[1]);
    for (size_t i = 0; i < 2; i++) {
        unlink(names[i]);
        free(names[i]);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_long_name_leaves_room_for_the_letters)
{
    CLEANUP(text) char *folder = temporary_folder();
    CLEANUP(text) char *path = mem_printf("%s/%0240d", folder, 0);
    CLEANUP(text) char *name = NULL;
    int descriptor = temporary_beside(path, &name);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    ck_assert_int_eq(unlink(name), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_file_without_a_name_goes_when_it_is_closed)
{
    struct stat about;
    int descriptor = temporary_file();
    ck_assert_int_eq(fstat(descriptor, &about), 0);
    ck_assert_uint_eq(about.st_nlink, 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
    ck_assert_int_eq(close(descriptor), 0);
}
END_TEST

START_TEST(folders_are_for_their_owner_only)
{
    CLEANUP(text) char *one = temporary_folder();
    CLEANUP(text) char *other = temporary_folder();
    ck_assert_str_ne(one, other);
    ck_assert_uint_eq(mode_of(one), 0700);
    ck_assert_int_eq(rmdir(one), 0);
    ck_assert_int_eq(rmdir(other), 0);
}
END_TEST

START_TEST(folders_are_where_the_user_says)
{
    CLEANUP(text) char *parent = temporary_folder();
    const char *before = getenv("TMPDIR");
    CLEANUP(text) char *kept = before ? mem_dup(before) : NULL;
    setenv("TMPDIR", parent, 1);
    CLEANUP(text) char *inner = temporary_folder();
    setenv("TMPDIR", "/no/such/folder", 1);
    CLEANUP(text) char *nowhere = temporary_folder();
    ck_assert_int_eq(errno, ENOENT);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    ck_assert_int_eq(strncmp(inner, parent, strlen(parent)), 0);
    ck_assert_ptr_null(nowhere);
    ck_assert_int_eq(rmdir(inner), 0);
    ck_assert_int_eq(rmdir(parent), 0);
}
END_TEST

START_TEST(what_cannot_be_made_is_told)
{
    char *name = NULL;
    ck_assert_int_eq(temporary_beside("/no/such/folder/file", &name), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_ptr_null(name);
}
END_TEST

TCase *temporary_tests(void)
{
    TCase *tests = tcase_create("temporary");
    tcase_add_test(tests, files_stand_beside_their_path);
    tcase_add_test(tests, a_long_name_leaves_room_for_the_letters);
    tcase_add_test(tests, a_file_without_a_name_goes_when_it_is_closed);
    tcase_add_test(tests, folders_are_for_their_owner_only);
    tcase_add_test(tests, folders_are_where_the_user_says);
    tcase_add_test(tests, what_cannot_be_made_is_told);
    return tests;
}
