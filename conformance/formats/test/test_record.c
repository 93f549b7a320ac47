#include "conformance/formats/record.h"

#include <string.h>

#include "conformance/formats/test/test_formats.h"

#define SAMPLE(FIELD)                                                                                        \
    FIELD(SAMPLE_BE, "big", 0, 4, BE, "here")                                                                \
    FIELD(SAMPLE_LE, "little", 4, 8, LE, "here")                                                             \
    FIELD(SAMPLE_TEXT, "text", 12, 4, TEXT, "here")                                                          \
    FIELD(SAMPLE_ZERO, "zero", 16, 4, RESERVED, "here")                                                      \
    FIELD(SAMPLE_BYTES, "bytes", 20, 2, BYTES, "here")
LAYOUT(sample, "sample", SAMPLE, 22);

static const struct record record = {
    .layout = &sample,
    .offset = 100,
    .bytes = "\1\2\3\4\1\2\3\4\5\6\7\x88"
             "ab\n\0\0\0\0\0\xfe\xdc",
};

START_TEST(numbers_are_read_in_their_order)
{
    ck_assert_uint_eq(record_number(&record, SAMPLE_BE), 0x01020304);
    ck_assert_uint_eq(record_number(&record, SAMPLE_LE), 0x8807060504030201);
}
END_TEST

START_TEST(fields_know_their_place)
{
    ck_assert_uint_eq(record_at(&record, SAMPLE_LE), 104);
    ck_assert_mem_eq(record_bytes(&record, SAMPLE_TEXT), "ab", 2);
    ck_assert(record_is_zero(&record, SAMPLE_ZERO));
    ck_assert(!record_is_zero(&record, SAMPLE_BYTES));
}
END_TEST

START_TEST(the_dump_has_every_field)
{
    struct buf out;
    buf_init(&out, BUF_KIB);
    record_dump(&record, &out);
    ck_assert_str_eq(out.data, "sample at 100\n"
                               "         100  big = 16909060 (0x1020304)\n"
                               "         104  little = 9801809732607083009 (0x8807060504030201)\n"
                               "         112  text = \"ab?\"\n"
                               "         116  zero = 4 bytes of zero\n"
                               "         120  bytes = fedc\n");
    buf_fini(&out);
}
END_TEST

START_TEST(zero_is_every_byte)
{
    static const struct {
        const char *bytes;
        size_t length;
        bool zero;
    } rows[] = {{"", 0, true}, {"\0\0\0", 3, true}, {"\1\0\0", 3, false}, {"\0\0\1", 3, false}};
    ck_assert(bytes_are_zero((const uint8_t *)rows[_i].bytes, rows[_i].length) == rows[_i].zero);
}
END_TEST

TCase *record_tests(void)
{
    TCase *tests = tcase_create("record");
    tcase_add_test(tests, numbers_are_read_in_their_order);
    tcase_add_test(tests, fields_know_their_place);
    tcase_add_test(tests, the_dump_has_every_field);
    tcase_add_loop_test(tests, zero_is_every_byte, 0, 4);
    return tests;
}
