#include "conformance/formats/inflate.h"

#include <string.h>

#include "conformance/formats/test/test_formats.h"

/* "abcabcabcabcabcabcabcabc", packed by zlib and zstd. */
#define TEXT_BYTES 24
#define DEFLATED   "\x4b\x4c\x4a\x4e\xc4\x86\x00"
#define ZLIBBED    "\x78\xda" DEFLATED "\x72\xe0\x09\x31"
#define ZSTANDARD  "\x28\xb5\x2f\xfd\x20\x18\x4d\x00\x00\x18\x61\x62\x63\x01\x00\x7e\x6e\x08"

static const struct row {
    const char *name;
    enum inflate_form form;
    const char *packed;
    size_t length;
    uint64_t size;
    bool good;
} rows[] = {
    {"deflate", INFLATE_RAW, DEFLATED, 7, TEXT_BYTES, true},
    {"deflate, with padding", INFLATE_RAW, DEFLATED "\0\0\0", 10, TEXT_BYTES, true},
    {"deflate, a byte too few", INFLATE_RAW, DEFLATED, 7, TEXT_BYTES + 1, false},
    {"deflate, a byte too many", INFLATE_RAW, DEFLATED, 7, TEXT_BYTES - 1, false},
    {"deflate, cut", INFLATE_RAW, DEFLATED, 4, TEXT_BYTES, false},
    {"deflate, nothing", INFLATE_RAW, DEFLATED, 0, TEXT_BYTES, false},
    {"deflate, no stream", INFLATE_RAW, "\xff\xff\xff\xff", 4, TEXT_BYTES, false},
    {"zlib", INFLATE_ZLIB, ZLIBBED, 13, TEXT_BYTES, true},
    {"zlib, without its checksum", INFLATE_ZLIB, ZLIBBED, 9, TEXT_BYTES, false},
    {"zlib, with a wrong checksum", INFLATE_ZLIB, "\x78\xda" DEFLATED "\x72\xe0\x09\x32", 13, TEXT_BYTES,
     false},
    {"zlib, with bytes after its end", INFLATE_ZLIB, ZLIBBED "\0", 14, TEXT_BYTES, false},
    {"zlib, without its header", INFLATE_ZLIB, DEFLATED, 7, TEXT_BYTES, false},
    {"zstd", INFLATE_ZSTD, ZSTANDARD, 18, TEXT_BYTES, true},
    {"zstd, with padding", INFLATE_ZSTD, ZSTANDARD "\0\0", 20, TEXT_BYTES, true},
    {"zstd, a byte too few", INFLATE_ZSTD, ZSTANDARD, 18, TEXT_BYTES + 1, false},
    {"zstd, a byte too many", INFLATE_ZSTD, ZSTANDARD, 18, TEXT_BYTES - 1, false},
    {"zstd, cut", INFLATE_ZSTD, ZSTANDARD, 12, TEXT_BYTES, false},
    {"zstd, nothing", INFLATE_ZSTD, ZSTANDARD, 0, TEXT_BYTES, false},
    {"zstd, no frame", INFLATE_ZSTD, "\0\0\0\0\0\0\0\0", 8, TEXT_BYTES, false},
};

START_TEST(inflates_to_the_byte)
{
    const struct row *row = &rows[_i];
    struct err err = ERR_INIT;
    CLEANUP(inflater_free) struct inflater *inflater = inflater_new();
    bool good =
        inflater_check(inflater, row->form, (const uint8_t *)row->packed, row->length, row->size, &err);
    ck_assert_msg(good == row->good, "%s: %s", row->name, err.text);
    ck_assert((err.code == ERR_NONE) == row->good);
}
END_TEST

START_TEST(one_inflater_serves_all)
{
    CLEANUP(inflater_free) struct inflater *inflater = inflater_new();
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const struct row *row = &rows[i];
            bool good = inflater_check(inflater, row->form, (const uint8_t *)row->packed, row->length,
                                       row->size, NULL);
            ck_assert_msg(good == row->good, "%s", row->name);
        }
    }
}
END_TEST

TCase *inflate_tests(void)
{
    TCase *tests = tcase_create("inflate");
    tcase_add_loop_test(tests, inflates_to_the_byte, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, one_inflater_serves_all);
    return tests;
}
