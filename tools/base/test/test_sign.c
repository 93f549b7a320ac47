#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sign.h"
#include "base/temporary.h"
#include "base/test/test_base.h"
#include "base/testing.h"

static const char *const algorithms[] = {"ed25519", "p256"};
static const char text[] = "what is signed";

struct files {
    char *folder;
    char *private;
    char *public;
};

static struct files make_files(void)
{
    struct files files = {.folder = temporary_folder()};
    ck_assert_ptr_nonnull(files.folder);
    files.private = mem_printf("%s/key", files.folder);
    files.public = mem_printf("%s/key.pub", files.folder);
    return files;
}

static void remove_files(struct files *files)
{
    unlink(files->private);
    unlink(files->public);
    rmdir(files->folder);
    free(files->folder);
    free(files->private);
    free(files->public);
}

START_TEST(a_signature_holds_for_its_text_and_key_alone)
{
    char *signature;
    size_t length;
    struct sign_key *key = sign_key_make(algorithms[_i], NULL);
    struct sign_key *other = sign_key_make(algorithms[_i], NULL);
    ck_assert(sign_make(key, text, strlen(text), &signature, &length, NULL));
    ck_assert(sign_check(key, text, strlen(text), signature, length));
    ck_assert(!sign_check(other, text, strlen(text), signature, length));
    ck_assert(!sign_check(key, text, strlen(text) - 1, signature, length));
    ck_assert(!sign_check(key, text, strlen(text), signature, length - 1));
    signature[length - 1] ^= 1;
    ck_assert(!sign_check(key, text, strlen(text), signature, length));
    free(signature);
    sign_key_free(key);
    sign_key_free(other);
}
END_TEST

START_TEST(keys_go_through_files)
{
    char *signature;
    size_t length;
    char id[SIGN_KEY_ID_SIZE];
    char public_id[SIGN_KEY_ID_SIZE];
    struct stat about;
    struct files files = make_files();
    struct sign_key *made = sign_key_make(algorithms[_i], NULL);
    ck_assert(sign_key_write_private(made, files.private, NULL));
    ck_assert(sign_key_write_public(made, files.public, NULL));
    ck_assert(!sign_key_write_private(made, files.private, NULL)); /* a key is not overwritten */
    ck_assert_int_eq(stat(files.private, &about), 0);
    ck_assert_int_eq(about.st_mode & 07777, 0600);
    struct sign_key *private = sign_key_read_private(files.private, NULL);
    struct sign_key *public = sign_key_read_public(files.public, NULL);
    ck_assert(sign_make(private, text, strlen(text), &signature, &length, NULL));
    ck_assert(sign_check(public, text, strlen(text), signature, length));
    sign_key_id(made, id);
    sign_key_id(public, public_id);
    ck_assert_str_eq(id, public_id);
    free(signature);
    sign_key_free(made);
    sign_key_free(private);
    sign_key_free(public);
    remove_files(&files);
}
END_TEST

/* RFC 8410, section 10.1 and 10.3: a public key and its private one. */
static const char known_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                   "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                   "-----END PUBLIC KEY-----\n";

static const struct {
    const char *content; /* NULL: there is no file */
    bool is_private;
    enum err_code code;
} bad_keys[] = {
    {NULL, true, ERR_IO},
    {NULL, false, ERR_IO},
    {"", true, ERR_SYNTAX},
    {"", false, ERR_SYNTAX},
    {known_public, true, ERR_SYNTAX},
    {"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n", false, ERR_SYNTAX},
};

START_TEST(refuses_what_is_no_key)
{
    struct err err = ERR_INIT;
    struct files files = make_files();
    FILE *file = bad_keys[_i].content ? fopen(files.private, "w") : NULL;
    if (file) {
        fputs(bad_keys[_i].content, file);
        fclose(file);
    }
    struct sign_key *key = bad_keys[_i].is_private ? sign_key_read_private(files.private, &err)
                                                   : sign_key_read_public(files.private, &err);
    ck_assert_ptr_null(key);
    ck_assert_int_eq(err.code, bad_keys[_i].code);
    remove_files(&files);
}
END_TEST

START_TEST(a_published_key_is_read)
{
    struct files files = make_files();
    FILE *file = fopen(files.public, "w");
    fputs(known_public, file);
    fclose(file);
    struct sign_key *key = sign_key_read_public(files.public, NULL);
    ck_assert_ptr_nonnull(key);
    sign_key_free(key);
    remove_files(&files);
}
END_TEST

START_TEST(other_algorithms_are_refused)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(sign_key_make("rsa", &err));
    ck_assert_int_eq(err.code, ERR_VALUE);
}
END_TEST

TCase *sign_tests(void)
{
    TCase *tests = tcase_create("sign");
    tcase_add_loop_test(tests, a_signature_holds_for_its_text_and_key_alone, 0, TESTING_COUNT(algorithms));
    tcase_add_loop_test(tests, keys_go_through_files, 0, TESTING_COUNT(algorithms));
    tcase_add_loop_test(tests, refuses_what_is_no_key, 0, TESTING_COUNT(bad_keys));
    tcase_add_test(tests, a_published_key_is_read);
    tcase_add_test(tests, other_algorithms_are_refused);
    return tests;
}
