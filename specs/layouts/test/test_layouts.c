/* Every table is what layout.h promises, and stands where the formats' magics are known to stand. */
#include <stdbool.h>
#include <string.h>

#include "base/testing.h"
#include "specs/layouts/luks.h"
#include "specs/layouts/qcow.h"
#include "specs/layouts/qcow2.h"
#include "specs/layouts/vdi.h"
#include "specs/layouts/vmdk.h"
#include "specs/layouts/vmdk_esx.h"
#include "specs/layouts/vpc.h"

static const struct layout *const layouts[] = {
    &qcow2_header,      &qcow2_extension,    &qcow2_feature_name, &qcow2_bitmaps,
    &qcow2_encryption,  &qcow2_bitmap_entry, &qcow2_snapshot,     &qcow2_snapshot_extra,
    &qcow_header,       &vpc_footer,         &vpc_dynamic,        &vpc_locator,
    &vdi_header,        &vmdk_header,        &vmdk_marker,        &vmdk_grain_marker,
    &luks_header,       &luks_slot,          &cowd_header,        &sesparse_header,
    &sesparse_volatile, &vdi_header_0,
};

/* NULL when the fields cover the structure from its first to its last byte, each once. */
static const char *flaw_of(const struct layout *layout)
{
    uint32_t end = 0;
    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_field *field = &layout->fields[i];
        if (field->offset != end)
            return field->name;
        bool number = field->kind == LAYOUT_BE || field->kind == LAYOUT_LE;
        if (number && field->width != 1 && field->width != 2 && field->width != 4 && field->width != 8)
            return field->name;
        end += field->width;
    }
    return end == layout->size ? NULL : layout->name;
}

START_TEST(fields_cover_the_structure)
{
    const struct layout *layout = layouts[_i];
    const char *flaw = flaw_of(layout);
    ck_assert_msg(!flaw, "%s: %s", layout->name, flaw);
    for (size_t i = 0; i < layout->count; i++)
        ck_assert(layout->fields[i].source[0] != '\0');
}
END_TEST

static const struct layout_field gap[] = {{"a", 0, 4, LAYOUT_BE, ""}, {"b", 5, 3, LAYOUT_BYTES, ""}};
static const struct layout_field overlap[] = {{"a", 0, 4, LAYOUT_BE, ""}, {"b", 2, 2, LAYOUT_BE, ""}};
static const struct layout_field odd_number[] = {{"a", 0, 3, LAYOUT_LE, ""}, {"b", 3, 5, LAYOUT_TEXT, ""}};
static const struct layout_field too_short[] = {{"a", 0, 4, LAYOUT_BE, ""}};
static const struct layout flawed[] = {
    {"gap", gap, 2, 8},
    {"overlap", overlap, 2, 8},
    {"odd number", odd_number, 2, 8},
    {"too short", too_short, 1, 8},
};

START_TEST(flaws_are_seen)
{
    ck_assert_msg(flaw_of(&flawed[_i]), "%s", flawed[_i].name);
}
END_TEST

int main(void)
{
    TCase *cases[] = {tcase_create("fields"), tcase_create("flaws"), NULL};
    tcase_add_loop_test(cases[0], fields_cover_the_structure, 0, TESTING_COUNT(layouts));
    tcase_add_loop_test(cases[1], flaws_are_seen, 0, TESTING_COUNT(flawed));
    return testing_run("layouts", cases);
}
