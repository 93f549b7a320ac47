#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/match/body.h"
#include "conformance/test/test_judge.h"

/* Made by another program from the definition in specs/README.md. */
static const struct {
    const char *name;
    uint64_t seed;
    uint64_t offset;
    const char *hex;
} known[] = {
    {"seed 0", 0, 0, "0000000000000000e5050b101d169256"},
    {"seed 1", 1, 0, "afcd1d7b39a820e2c15c0289ec2d0a91"},
    {"seed 1 from an odd byte on", 1, 5, "a820e2c15c0289ec2d0a91ce56971cde"},
    {"a large seed", 18446744073709551615u, 8, "9ee616b70f4d2eeb3c79e7adfa141338"},
};

START_TEST(generates_what_is_documented)
{
    unsigned char bytes[16];
    char hex[33] = "";
    body_generate(known[_i].seed, known[_i].offset, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    ck_assert_msg(strcmp(hex, known[_i].hex) == 0, "%s: %s", known[_i].name, hex);
}
END_TEST

START_TEST(any_part_is_that_part_of_the_whole)
{
    unsigned char whole[200];
    unsigned char part[200];
    body_generate(7, 0, whole, sizeof whole);
    for (size_t first = 0; first < 40; first++) {
        for (size_t length = 1; first + length <= 60; length++) {
            body_generate(7, first, part, length);
            ck_assert_mem_eq(part, whole + first, length);
        }
    }
}
END_TEST

static struct body *open_text(struct spec_body spec, const char *fixtures, struct err *err)
{
    struct vars *vars = vars_new(NULL);
    vars_set_text(vars, "size", "3k");
    struct body *body = body_open(&spec, fixtures, vars, err);
    vars_free(vars);
    return body;
}

static char size_text[] = "${size} + 1";
static char seed_text[] = "5";
static char literal_text[] = "size is ${size}";

START_TEST(opens_generated_bytes)
{
    unsigned char bytes[2];
    struct err err = ERR_INIT;
    struct body *body = open_text(
        (struct spec_body){.kind = SPEC_BODY_GENERATED, .size = size_text, .seed = seed_text}, "", &err);
    ck_assert_msg(body != NULL, "%s", err.text);
    ck_assert_uint_eq(body_size(body), 3073);
    ck_assert_str_eq(body_description(body), "size 3073, seed 5");
    ck_assert(body_read(body, 3071, bytes, 2, &err));
    body_free(body);
}
END_TEST

START_TEST(opens_literal_text)
{
    char bytes[16] = "";
    struct body *body = open_text((struct spec_body){.kind = SPEC_BODY_TEXT, .text = literal_text}, "", NULL);
    ck_assert_uint_eq(body_size(body), strlen("size is 3k"));
    ck_assert(body_read(body, 0, bytes, (size_t)body_size(body), NULL));
    ck_assert_str_eq(bytes, "size is 3k");
    ck_assert_ptr_null(body_description(body));
    body_free(body);
}
END_TEST

static char hex_text[] = "00 ff\n1234 AbcD";

START_TEST(joins_parts)
{
    static const unsigned char expected[] = {0,   0xff, 0x12, 0x34, 0xab, 0xcd, 's', 'i', 'z',
                                             'e', ' ',  'i',  's',  ' ',  '3',  'k', 0,   0};
    static char two[] = "2";
    struct spec_body parts[] = {{.kind = SPEC_BODY_HEX, .hex = hex_text},
                                {.kind = SPEC_BODY_TEXT, .text = literal_text},
                                {.kind = SPEC_BODY_NONE},
                                {.kind = SPEC_BODY_GENERATED, .size = two}};
    struct err err = ERR_INIT;
    struct body *body = open_text(
        (struct spec_body){.kind = SPEC_BODY_PARTS, .parts = parts, .part_count = TESTING_COUNT(parts)}, "",
        &err);
    ck_assert_msg(body != NULL, "%s", err.text);
    ck_assert_uint_eq(body_size(body), sizeof expected);
    for (size_t first = 0; first < sizeof expected; first++) {
        for (size_t length = 0; first + length <= sizeof expected; length++) {
            unsigned char bytes[sizeof expected];
            ck_assert(body_read(body, first, bytes, length, &err));
            ck_assert_int_eq(memcmp(bytes, expected + first, length), 0);
        }
    }
    body_free(body);
}
END_TEST

START_TEST(hex_is_pairs_of_digits)
{
    static const char *const wrong[] = {"", " ", "0", "000", "0 0", "0x00", "gg", "00 1"};
    for (size_t i = 0; i < TESTING_COUNT(wrong); i++)
        ck_assert_msg(!body_hex(wrong[i], NULL, NULL), "'%s'", wrong[i]);
}
END_TEST

START_TEST(reads_fixtures)
{
    char bytes[4] = "";
    CLEANUP(text) char *folder = temporary_folder();
    ck_assert_ptr_nonnull(folder);
    CLEANUP(text) char *path = mem_printf("%s/some", folder);
    FILE *file = fopen(path, "w");
    fputs("abcdef", file);
    fclose(file);
    char name[] = "some";
    struct body *body = open_text((struct spec_body){.kind = SPEC_BODY_FILE, .file = name}, folder, NULL);
    ck_assert_uint_eq(body_size(body), 6);
    ck_assert(body_read(body, 2, bytes, 3, NULL));
    ck_assert_str_eq(bytes, "cde");
    body_free(body);
    unlink(path);
    rmdir(folder);
}
END_TEST

static char outside[] = "../passwd";
static char absolute[] = "/etc/passwd";
static char missing[] = "no-such-file";
static char no_size[] = "many";
static char no_seed[] = "-1";

static const struct {
    const char *name;
    struct spec_body spec;
    const char *fragment;
} refused[] = {
    {"a file outside", {.kind = SPEC_BODY_FILE, .file = outside}, "is not below fixtures/"},
    {"an absolute path", {.kind = SPEC_BODY_FILE, .file = absolute}, "is not below fixtures/"},
    {"a missing file", {.kind = SPEC_BODY_FILE, .file = missing}, "cannot read the fixture"},
    {"no size", {.kind = SPEC_BODY_GENERATED, .size = no_size, .seed = seed_text}, "many"},
    {"no seed", {.kind = SPEC_BODY_GENERATED, .size = seed_text, .seed = no_seed}, "is no seed"},
};

START_TEST(refuses)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(open_text(refused[_i].spec, "/nonexistent", &err));
    ck_assert_msg(strstr(err.text, refused[_i].fragment) != NULL, "%s: %s", refused[_i].name, err.text);
}
END_TEST

TCase *tests_of_body(void)
{
    TCase *tests = tcase_create("body");
    tcase_add_loop_test(tests, generates_what_is_documented, 0, TESTING_COUNT(known));
    tcase_add_test(tests, any_part_is_that_part_of_the_whole);
    tcase_add_test(tests, opens_generated_bytes);
    tcase_add_test(tests, opens_literal_text);
    tcase_add_test(tests, joins_parts);
    tcase_add_test(tests, hex_is_pairs_of_digits);
    tcase_add_test(tests, reads_fixtures);
    tcase_add_loop_test(tests, refuses, 0, TESTING_COUNT(refused));
    return tests;
}
