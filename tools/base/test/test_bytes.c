#include "base/bytes.h"

#include "base/checked.h"
#include "base/test/test_base.h"

static const uint8_t counted[8] = {1, 2, 3, 4, 5, 6, 7, 0xf8};

START_TEST(decodes_both_orders)
{
    ck_assert_uint_eq(get_be16(counted), 0x0102);
    ck_assert_uint_eq(get_le16(counted), 0x0201);
    ck_assert_uint_eq(get_be32(counted + 4), 0x050607f8);
    ck_assert_uint_eq(get_le32(counted + 4), 0xf8070605);
    ck_assert(get_be64(counted) == UINT64_C(0x01020304050607f8));
    ck_assert(get_le64(counted) == UINT64_C(0xf807060504030201));
}
END_TEST

START_TEST(encodes_what_it_decodes)
{
    uint8_t out[8];
    put_be64(out, get_be64(counted));
    ck_assert_mem_eq(out, counted, 8);
    put_le64(out, get_le64(counted));
    ck_assert_mem_eq(out, counted, 8);
    put_be16(out, 0xff01);
    put_le16(out + 2, 0xff01);
    ck_assert_mem_eq(out, ((const uint8_t[]){0xff, 0x01, 0x01, 0xff}), 4);
}
END_TEST

START_TEST(arithmetic_that_would_wrap_says_so_and_keeps_the_old_value)
{
    uint64_t value = 7;
    ck_assert(!add_u64(UINT64_MAX, 1, &value));
    ck_assert(!sub_u64(0, 1, &value));
    ck_assert(!mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &value));
    ck_assert(value == 7);
    ck_assert(add_u64(UINT64_MAX - 1, 1, &value));
    ck_assert(value == UINT64_MAX);
}
END_TEST

TCase *bytes_tests(void)
{
    TCase *tests = tcase_create("bytes");
    tcase_add_test(tests, decodes_both_orders);
    tcase_add_test(tests, encodes_what_it_decodes);
    tcase_add_test(tests, arithmetic_that_would_wrap_says_so_and_keeps_the_old_value);
    return tests;
}
