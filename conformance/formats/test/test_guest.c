#include "conformance/formats/check_image.h"
#include "conformance/formats/guest.h"

#include <string.h>

#include "base/bytes.h"
#include "base/testing.h"
#include "conformance/formats/test/test_formats.h"
#include "specs/layouts/qcow.h"

#define L1_AT   64
#define L2_AT   512
#define DATA_AT 1024

/* A qcow image: an L2 table of 64 entries, of which the first two are these. */
static const struct {
    const char *name;
    uint64_t cluster_bits;
    uint64_t size;
    uint64_t entries[2];
    uint64_t allocated;
    enum err_code code;
} table[] = {
    {"nothing", 9, 4096, {0, 0}, 0, ERR_NONE},
    {"one cluster", 9, 4096, {DATA_AT, 0}, 512, ERR_NONE},
    {"two clusters", 9, 4096, {DATA_AT, DATA_AT + 512}, 1024, ERR_NONE},
    {"the end of a disk within a cluster", 9, 700, {DATA_AT, DATA_AT + 512}, 700, ERR_NONE},
    {"no disk", 9, 0, {DATA_AT, DATA_AT}, 0, ERR_NONE},
    {"compressed", 9, 4096, {DATA_AT, QCOW_COMPRESSED | DATA_AT}, 0, ERR_VALUE},
    {"clusters that no image has", 17, 4096, {DATA_AT, 0}, 0, ERR_VALUE},
    {"tables past the end", 9, 1 << 20, {DATA_AT, 0}, 0, ERR_VALUE},
};

static void build(uint8_t *image, size_t i)
{
    put_be32(image + QCOW_MAGIC_AT, QCOW_MAGIC_VALUE);
    put_be32(image + QCOW_VERSION_AT, QCOW_VERSION_VALUE);
    put_be64(image + QCOW_SIZE_AT, table[i].size);
    image[QCOW_CLUSTER_BITS_AT] = (uint8_t)table[i].cluster_bits;
    image[QCOW_L2_BITS_AT] = QCOW_L2_BITS_MIN;
    put_be64(image + QCOW_L1_TABLE_OFFSET_AT, L1_AT);
    put_be64(image + L1_AT, L2_AT);
    put_be64(image + L1_AT + QCOW_ENTRY_SIZE, UINT64_C(1) << 40);
    put_be64(image + L2_AT, table[i].entries[0]);
    put_be64(image + L2_AT + QCOW_ENTRY_SIZE, table[i].entries[1]);
}

START_TEST(counts_what_is_allocated)
{
    uint8_t image[2048] = {0};
    struct err err = ERR_INIT;
    uint64_t bytes = 0;
    build(image, (size_t)_i);
    struct source *source = source_from_memory(image, sizeof image);
    bool counted = guest_allocated(format_named("qcow"), source, table[_i].size, &bytes, &err);
    ck_assert_msg(counted == (table[_i].code == ERR_NONE), "%s: %s", table[_i].name, err.text);
    ck_assert_int_eq(err.code, table[_i].code);
    ck_assert_uint_eq(bytes, table[_i].allocated);
    source_free(source);
}
END_TEST

START_TEST(a_raw_image_is_all_there)
{
    uint64_t bytes = 0;
    struct source *source = source_from_memory("abc", 3);
    ck_assert(guest_allocated(format_named("raw"), source, 3, &bytes, NULL));
    ck_assert_uint_eq(bytes, 3);
    source_free(source);
}
END_TEST

/* Every entry of an L1 table of zeroes leads nowhere, cluster by cluster. */
START_TEST(large_disks_are_given_up)
{
    static uint8_t image[1 << 21];
    uint64_t size = UINT64_C(1) << 32;
    struct err err = ERR_INIT;
    uint64_t bytes = 0;
    put_be32(image + QCOW_MAGIC_AT, QCOW_MAGIC_VALUE);
    put_be32(image + QCOW_VERSION_AT, QCOW_VERSION_VALUE);
    put_be64(image + QCOW_SIZE_AT, size);
    image[QCOW_CLUSTER_BITS_AT] = QCOW_CLUSTER_BITS_MIN;
    image[QCOW_L2_BITS_AT] = QCOW_L2_BITS_MIN;
    put_be64(image + QCOW_L1_TABLE_OFFSET_AT, L1_AT);
    struct source *source = source_from_memory(image, sizeof image);
    ck_assert(!guest_allocated(format_named("qcow"), source, size, &bytes, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    source_free(source);
}
END_TEST

TCase *guest_tests(void)
{
    TCase *tests = tcase_create("guest");
    tcase_add_loop_test(tests, counts_what_is_allocated, 0, TESTING_COUNT(table));
    tcase_add_test(tests, a_raw_image_is_all_there);
    tcase_add_test(tests, large_disks_are_given_up);
    return tests;
}
