#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/basic_login.h"
#include "conformance/test/test_judge.h"

#define VARIABLE "IMAGEPROOF_TEST_PASSWORD"

static struct basic_login *login_new(const char *user, const char *password, const char *environment,
                                     const char *file)
{
    struct basic_login *login = mem_alloc(sizeof *login);
    *login = (struct basic_login){mem_dup(user), mem_dup(password), mem_dup(environment), mem_dup(file)};
    return login;
}

/* RFC 7617, section 2, and what its words allow: a password with colons, none at all. */
static const struct {
    const char *user;
    const char *password;
    const char *text;
} known[] = {
    {"Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    {"gns3", "pa:ss", "Z25zMzpwYTpzcw=="},
    {"gns3", "", "Z25zMzo="},
};

START_TEST(is_sent_as_the_standard_says)
{
    struct basic_login *login = login_new(known[_i].user, known[_i].password, NULL, NULL);
    ck_assert(basic_login_unlock(login, NULL));
    CLEANUP(text) char *text = basic_login_text(login);
    ck_assert_str_eq(text, known[_i].text);
    basic_login_free(login);
}
END_TEST

START_TEST(a_user_has_no_colon)
{
    ck_assert(basic_login_takes("gns3"));
    ck_assert(!basic_login_takes(""));
    ck_assert(!basic_login_takes("gns3:x"));
}
END_TEST

START_TEST(the_environment_may_have_the_password)
{
    struct err err = ERR_INIT;
    struct basic_login *login = login_new("gns3", NULL, VARIABLE, NULL);
    unsetenv(VARIABLE);
    ck_assert(!basic_login_unlock(login, &err));
    ck_assert_ptr_nonnull(strstr(err.text, VARIABLE));
    setenv(VARIABLE, "from the environment", 1);
    ck_assert(basic_login_unlock(login, NULL));
    ck_assert_str_eq(login->password, "from the environment");
    unsetenv(VARIABLE);
    basic_login_free(login);
}
END_TEST

static char much[BASIC_PASSWORD_MAX_BYTES + 1]; /* filled when it is used */

static const struct {
    const char *bytes;
    const char *password; /* NULL: refused */
} files[] = {
    {"secret\n", "secret"}, {"secret", "secret"}, {"secret\r\nand more\n", "secret"}, {"\n", ""}, {"", NULL},
    {much, NULL},
};

START_TEST(a_file_may_have_the_password)
{
    struct err err = ERR_INIT;
    memset(much, 'x', sizeof much - 1);
    CLEANUP(text) char *folder = temporary_folder();
    CLEANUP(text) char *path = mem_printf("%s/password", folder);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    size_t length = strlen(files[_i].bytes);
    ck_assert_int_eq(write(file, files[_i].bytes, length), (ssize_t)length);
    close(file);
    struct basic_login *login = login_new("gns3", NULL, NULL, path);
    ck_assert_int_eq(basic_login_unlock(login, &err), files[_i].password != NULL);
    ck_assert_pstr_eq(login->password, files[_i].password);
    ck_assert_ptr_null(strstr(err.text, "xxx"));
    basic_login_free(login);
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(a_missing_file_is_told)
{
    struct err err = ERR_INIT;
    struct basic_login *login = login_new("gns3", NULL, NULL, "/no/such/file");
    ck_assert(!basic_login_unlock(login, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/no/such/file"));
    basic_login_free(login);
}
END_TEST

TCase *tests_of_basic_login(void)
{
    TCase *tests = tcase_create("basic login");
    tcase_add_loop_test(tests, is_sent_as_the_standard_says, 0, TESTING_COUNT(known));
    tcase_add_test(tests, a_user_has_no_colon);
    tcase_add_test(tests, the_environment_may_have_the_password);
    tcase_add_loop_test(tests, a_file_may_have_the_password, 0, TESTING_COUNT(files));
    tcase_add_test(tests, a_missing_file_is_told);
    return tests;
}
