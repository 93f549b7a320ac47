#include <string.h>

#include "conformance/formats/check_image.h"
#include "conformance/formats/test/test_formats.h"
#include "specs/layouts/qcow.h"
#include "specs/layouts/qcow2.h"
#include "specs/layouts/vdi.h"
#include "specs/layouts/vmdk.h"
#include "specs/layouts/vpc.h"

#define FILE_BYTES 4096

/* Bytes to put into a file of zeroes. */
struct part {
    size_t at;
    const char *bytes;
    size_t length;
};
#define PART(at, text)                                                                                       \
    {                                                                                                        \
        at, text, sizeof text - 1                                                                            \
    }
#define END (FILE_BYTES - 512)

static const struct row {
    const char *name;
    const char *format;
    struct part parts[6];
} rows[] = {
    {"zeroes", "raw", {{0}}},
    {"text", "raw", {PART(0, "# Disk Description\n")}},
    {"qcow2", "qcow2", {PART(0, "QFI\xfb\0\0\0\3")}},
    {"qcow2 of a version that is not known", "qcow2", {PART(0, "QFI\xfb\0\0\0\7")}},
    {"qcow2 without its magic",
     "qcow2",
     {PART(4, "\0\0\0\3"), PART(QCOW2_CLUSTER_BITS_AT, "\0\0\0\x10"),
      PART(QCOW2_L1_TABLE_OFFSET_AT, "\0\0\0\0\0\3\0\0")}},
    {"a version and nothing else", "raw", {PART(4, "\0\0\0\3")}},
    {"qcow", "qcow", {PART(0, "QFI\xfb\0\0\0\1")}},
    {"qcow without its magic", "qcow", {PART(4, "\0\0\0\1"), PART(QCOW_CLUSTER_BITS_AT, "\x0c\x09")}},
    {"qcow of a version that is not known",
     "qcow",
     {PART(0, "QFI\xfb\0\0\0\5"), PART(QCOW_CLUSTER_BITS_AT, "\x0c\x09")}},
    {"VHD, dynamic", "vpc", {PART(0, "conectix")}},
    {"VHD, fixed: nothing at the start", "vpc", {PART(END, "conectix")}},
    {"VHD, with a footer of 511 bytes", "vpc", {PART(END + 1, "conectix")}},
    {"VHD, fixed, with another image as its data",
     "vpc",
     {PART(0, "QFI\xfb\0\0\0\3"), PART(END, "conectix"),
      PART(END + VPC_CURRENT_SIZE_AT, "\0\0\0\0\0\0\x0e\0"), PART(END + VPC_FEATURES_AT, "\0\0\0\2\0\1\0\0"),
      PART(END + VPC_DISK_TYPE_AT, "\0\0\0\2")}},
    {"qcow2 with the end of a VHD as its data",
     "qcow2",
     {PART(0, "QFI\xfb\0\0\0\3"), PART(QCOW2_CLUSTER_BITS_AT, "\0\0\0\x10"), PART(END, "conectix")}},
    {"a cookie elsewhere", "raw", {PART(END - 512, "conectix")}},
    {"VDI", "vdi", {PART(VDI_SIGNATURE_AT, "\x7f\x10\xda\xbe")}},
    {"VDI without its signature", "vdi", {PART(0, "<<< QEMU"), PART(VDI_VERSION_AT, "\1\0\1\0")}},
    {"VMDK, sparse", "vmdk", {PART(0, "KDMV\1\0\0\0")}},
    {"VMDK, sparse, without its magic",
     "vmdk",
     {PART(VMDK_GTES_PER_GT_AT, "\0\2\0\0"), PART(VMDK_SINGLE_END_LINE_AT, "\n \r\n")}},
    {"VMDK, a descriptor", "vmdk", {PART(0, "# Disk DescriptorFile\nversion=1\n")}},
    {"VMDK, a descriptor in other letters", "vmdk", {PART(0, "# disk descriptorfile\r\nversion=1\r\n")}},
    {"VMDK, a descriptor without its first line",
     "vmdk",
     {PART(0, "version=1\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n")}},
};

START_TEST(detects_by_what_is_there)
{
    const struct row *row = &rows[_i];
    uint8_t bytes[FILE_BYTES] = {0};
    for (const struct part *part = row->parts; part->length > 0; part++)
        memcpy(bytes + part->at, part->bytes, part->length);
    struct source *source = source_from_memory(bytes, sizeof bytes);
    ck_assert_msg(strcmp(format_detect(source)->name, row->format) == 0, "%s: %s", row->name,
                  format_detect(source)->name);
    source_free(source);
}
END_TEST

START_TEST(hardly_anything_is_raw)
{
    struct source *source = source_from_memory("QFI\xfb", (size_t)_i);
    ck_assert_str_eq(format_detect(source)->name, "raw");
    source_free(source);
}
END_TEST

START_TEST(formats_have_names)
{
    for (const char *const *name = format_names(); *name; name++)
        ck_assert_str_eq(format_named(*name)->name, *name);
    ck_assert_ptr_null(format_named("auto"));
}
END_TEST

TCase *detect_tests(void)
{
    TCase *tests = tcase_create("detect");
    tcase_add_loop_test(tests, detects_by_what_is_there, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_loop_test(tests, hardly_anything_is_raw, 0, 5);
    tcase_add_test(tests, formats_have_names);
    return tests;
}
