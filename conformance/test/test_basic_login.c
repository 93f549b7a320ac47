#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/auth/basic_login.h"
#include "conformance/auth/secret.h"
#include "conformance/test/test_judge.h"

#define VARIABLE "IMAGEPROOF_TEST_PASSWORD"

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
    CLEANUP(text) char *user = mem_dup(known[_i].user);
    CLEANUP(text) char *password = mem_dup(known[_i].password);
    CLEANUP(text) char *text = basic_login_text(&(struct basic_login){user, password});
    ck_assert_str_eq(text, known[_i].text);
}
END_TEST

START_TEST(a_user_has_no_colon)
{
    ck_assert(basic_login_takes("gns3"));
    ck_assert(!basic_login_takes(""));
    ck_assert(!basic_login_takes("gns3:x"));
}
END_TEST

START_TEST(the_environment_may_have_a_secret)
{
    struct err err = ERR_INIT;
    unsetenv(VARIABLE);
    ck_assert_ptr_null(secret_of_environment(VARIABLE, &err));
    ck_assert_ptr_nonnull(strstr(err.text, VARIABLE));
    setenv(VARIABLE, "from the environment", 1);
    CLEANUP(text) char *secret = secret_of_environment(VARIABLE, NULL);
    ck_assert_str_eq(secret, "from the environment");
    unsetenv(VARIABLE);
}
END_TEST

static char much[SECRET_MAX_BYTES + 1]; /* filled when it is used */

static const struct {
    const char *bytes;
    const char *secret; /* NULL: refused */
} files[] = {
    {"secret\n", "secret"}, {"secret", "secret"}, {"secret\r\nand more\n", "secret"},
    {"\n", NULL},           {"", NULL},           {much, NULL},
};

START_TEST(a_file_may_have_a_secret)
{
    struct err err = ERR_INIT;
    memset(much, 'x', sizeof much - 1);
    CLEANUP(text) char *folder = temporary_folder();
    CLEANUP(text) char *path = mem_printf("%s/password", folder);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    size_t length = strlen(files[_i].bytes);
    ck_assert_int_eq(write(file, files[_i].bytes, length), (ssize_t)length);
    close(file);
    CLEANUP(text) char *secret = secret_read(path, &err);
    ck_assert_pstr_eq(secret, files[_i].secret);
    ck_assert_int_eq(err.code != ERR_NONE, !files[_i].secret);
    ck_assert_ptr_null(strstr(err.text, "xxx"));
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(a_missing_file_is_told)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(secret_read("/no/such/file", &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/no/such/file"));
}
END_TEST

TCase *tests_of_basic_login(void)
{
    TCase *tests = tcase_create("basic login");
    tcase_add_loop_test(tests, is_sent_as_the_standard_says, 0, TESTING_COUNT(known));
    tcase_add_test(tests, a_user_has_no_colon);
    tcase_add_test(tests, the_environment_may_have_a_secret);
    tcase_add_loop_test(tests, a_file_may_have_a_secret, 0, TESTING_COUNT(files));
    tcase_add_test(tests, a_missing_file_is_told);
    return tests;
}
