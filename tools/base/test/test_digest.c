#include "base/digest.h"

#include <string.h>

#include "base/test/test_base.h"
#include "base/testing.h"

/* Known answers: RFC 1321 appendix A.5 for MD5, FIPS 180-4's published examples ("abc" and the empty
 * message) for the others. */
static const struct {
    enum digest_kind kind;
    const char *message;
    const char *hex;
} known[] = {
    {DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {DIGEST_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    {DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {DIGEST_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {DIGEST_SHA512, "",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
};

START_TEST(gives_the_known_answer_whole_and_byte_by_byte)
{
    const char *message = known[_i].message;
    char hex[DIGEST_HEX_SIZE];
    struct digest *whole = digest_new(known[_i].kind);
    digest_update(whole, message, strlen(message));
    digest_finish(whole, hex);
    ck_assert_str_eq(hex, known[_i].hex);
    digest_free(whole);

    struct digest *pieces = digest_new(known[_i].kind);
    for (size_t i = 0; message[i]; i++)
        digest_update(pieces, message + i, 1);
    digest_finish(pieces, hex);
    ck_assert_str_eq(hex, known[_i].hex);
    digest_free(pieces);
}
END_TEST

START_TEST(names_go_both_ways)
{
    enum digest_kind kind;
    ck_assert(digest_kind_parse("sha512", &kind));
    ck_assert_str_eq(digest_kind_name(kind), "sha512");
    ck_assert(!digest_kind_parse("SHA512", &kind));
    ck_assert(!digest_kind_parse("", &kind));
}
END_TEST

TCase *digest_tests(void)
{
    TCase *tests = tcase_create("digest");
    tcase_add_loop_test(tests, gives_the_known_answer_whole_and_byte_by_byte, 0, TESTING_COUNT(known));
    tcase_add_test(tests, names_go_both_ways);
    return tests;
}
