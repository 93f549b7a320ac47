#include "mock/v1/meta.h"

#include "base/testing.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *name;
    const char *value;
    bool good;
} headers[] = {
    {"x-image-meta-name", "a name", true},
    {"X-Image-Meta-Name", "\xc3\xbc", true},
    {"x-image-meta-name", "", true},
    {"x-image-meta-disk-format", "raw", true}, /* `-` is as good as `_` */
    {"x-image-meta-size", "0", true},
    {"x-image-meta-size", "9223372036854775807", true},
    {"x-image-meta-min_disk", "2147483647", true},
    {"x-image-meta-is_public", "anything", true},
    {"x-image-meta-created_at", "anything", true},
    {"x-image-meta-property-distro", "a b", true},
    {"x-image-meta-property-distro", "", true},
    {"x-something-else", "\xff", true},
    {"x-image-met", "1", true},
    {"x-image-meta-", "1", false},
    {"x-image-meta-colour", "blue", false},
    {"x-image-meta-name", "\xff", false},
    {"x-image-meta-name", "\xc0\x80", false},
    {"x-image-meta-name\xff", "1", false},
    {"x-image-meta-size", "", false},
    {"x-image-meta-size", "-1", false},
    {"x-image-meta-size", "+1", false},
    {"x-image-meta-size", " 1", false},
    {"x-image-meta-size", "1 ", false},
    {"x-image-meta-size", "1.0", false},
    {"x-image-meta-size", "0x1", false},
    {"x-image-meta-size", "9223372036854775808", false},
    {"x-image-meta-size", "18446744073709551616", false},
    {"x-image-meta-min_disk", "2147483648", false},
    {"x-image-meta-min_ram", "2147483648", false},
    {"x-image-meta-min_ram", "many", false},
    {"x-image-meta-property-", "1", false},
    {"x-image-meta-property-owner", "1", false},
    {"x-image-meta-property-Disk-Format", "1", false},
    {"x-image-meta-property-\xff", "1", false},
    {"x-image-meta-property-a", "\xff", false},
};

START_TEST(takes_headers)
{
    static const struct rules obeyed;
    struct v1_meta meta;
    struct refusal refusal = {0};
    v1_meta_init(&meta, V1_CREATE);
    bool good = v1_meta_header(&meta, &obeyed, headers[_i].name, headers[_i].value, &refusal);
    ck_assert_msg(good == headers[_i].good, "%s: %s", headers[_i].name, headers[_i].value);
    ck_assert_int_eq(refusal.status, good ? 0 : 400);
    v1_meta_fini(&meta);
}
END_TEST

START_TEST(knows_what_was_given)
{
    static const struct rules obeyed;
    struct v1_meta meta;
    struct refusal refusal;
    v1_meta_init(&meta, V1_UPDATE);
    ck_assert(v1_meta_header(&meta, &obeyed, "X-Image-Meta-Name", "first", &refusal) &&
              v1_meta_header(&meta, &obeyed, "x-image-meta-name", "last", &refusal) &&
              v1_meta_header(&meta, &obeyed, "x-image-meta-disk_format", "", &refusal) &&
              v1_meta_header(&meta, &obeyed, "x-image-meta-min_ram", "11", &refusal) &&
              v1_meta_header(&meta, &obeyed, "x-image-meta-protected", "YES", &refusal) &&
              v1_meta_header(&meta, &obeyed, "x-image-meta-is_public", "maybe", &refusal) &&
              v1_meta_header(&meta, &obeyed, "x-image-meta-property-Foo-Bar", "x", &refusal));
    ck_assert_str_eq(v1_text(&meta, V1_NAME), "last");
    ck_assert(meta.texts[V1_DISK_FORMAT].given && !v1_text(&meta, V1_DISK_FORMAT));
    ck_assert(!meta.texts[V1_OWNER].given && !meta.numbers[V1_SIZE].given);
    ck_assert_uint_eq(meta.numbers[V1_MIN_RAM].value, 11);
    ck_assert(meta.flags[V1_PROTECTED].value && meta.flags[V1_IS_PUBLIC].given &&
              !meta.flags[V1_IS_PUBLIC].value);
    ck_assert_str_eq(json_string_value(json_object_get(meta.properties, "foo_bar")), "x");
    v1_meta_fini(&meta);
}
END_TEST

TCase *meta_tests(void)
{
    TCase *tests = tcase_create("meta");
    tcase_add_loop_test(tests, takes_headers, 0, TESTING_COUNT(headers));
    tcase_add_test(tests, knows_what_was_given);
    return tests;
}
