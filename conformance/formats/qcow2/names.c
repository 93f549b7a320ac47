/* The other files that an image names: the backing file and the external data file. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/formats/qcow2/qcow2_image.h"

static bool name_has_place(const struct qcow2 *image, uint64_t offset, uint64_t length)
{
    return offset >= image->extensions_end && offset <= image->cluster_size &&
           length <= image->cluster_size - offset;
}

static void tell_backing(struct qcow2 *image, uint64_t offset, uint64_t length)
{
    char name[QCOW2_BACKING_NAME_MAX + 1] = {0};
    if (!source_read(image->check->source, offset, name, (size_t)length))
        return;
    if (strlen(name) < length)
        check_find(image->check, RULE_QCOW2_BACKING_NAME_TEXT, offset + strlen(name), "backing file name",
                   "there is a zero byte in the name");
    check_option_text(image->check, "backing_file", name);
    check_reference(image->check, name);
    check_find(image->check, RULE_QCOW2_BACKING_FILE, offset, "backing file name", "is %s", name);
}

void qcow2_check_backing(struct qcow2 *image)
{
    struct check *check = image->check;
    uint64_t offset = record_number(&image->header, QCOW2_BACKING_FILE_OFFSET);
    uint64_t length = record_number(&image->header, QCOW2_BACKING_FILE_SIZE);
    if (offset == 0)
        return;
    image->has_backing = true;
    if (image->autoclear & QCOW2_AUTOCLEAR_RAW_DATA)
        check_find_field(check, RULE_QCOW2_BACKING_RAW_DATA_FILE, &image->header, QCOW2_BACKING_FILE_OFFSET,
                         "there is a backing file beside a raw external data file");
    if (length > QCOW2_BACKING_NAME_MAX) {
        check_find_field(check, RULE_QCOW2_BACKING_NAME_LENGTH, &image->header, QCOW2_BACKING_FILE_SIZE,
                         "is %" PRIu64 ", at most 1023 is valid", length);
        return;
    }
    if (!name_has_place(image, offset, length)) {
        check_find_field(check, RULE_QCOW2_BACKING_NAME_PLACE, &image->header, QCOW2_BACKING_FILE_OFFSET,
                         "%" PRIu64 " bytes at %" PRIu64
                         " are not between the header extensions and the end of the first "
                         "cluster",
                         length, offset);
        return;
    }
    if (length == 0)
        check_find_field(check, RULE_QCOW2_BACKING_NAME_EMPTY, &image->header, QCOW2_BACKING_FILE_SIZE,
                         "the name of the backing file is empty");
    else
        tell_backing(image, offset, length);
}

void qcow2_check_data_file(struct qcow2 *image)
{
    struct check *check = image->check;
    bool has_file = image->incompatible & QCOW2_INCOMPATIBLE_DATA_FILE;
    if (has_file) {
        check_option_text(check, "data_file", image->data_file ? image->data_file : "");
        if (image->data_file)
            check_reference(check, image->data_file);
        check_option_flag(check, "data_file_raw", image->autoclear & QCOW2_AUTOCLEAR_RAW_DATA);
        check_find_field(check, RULE_QCOW2_DATA_FILE_FILE, &image->header, QCOW2_INCOMPATIBLE_FEATURES,
                         "guest data is in another file, %s",
                         image->data_file ? image->data_file : "which is not named");
    } else if (image->data_file) {
        check_find_field(check, RULE_QCOW2_DATA_FILE_NAME_ALONE, &image->header, QCOW2_INCOMPATIBLE_FEATURES,
                         "%s is named as external data file, but bit 2 is not set", image->data_file);
    }
    if (has_file && record_number(&image->header, QCOW2_NB_SNAPSHOTS) > 0)
        check_find_field(check, RULE_QCOW2_DATA_FILE_SNAPSHOTS, &image->header, QCOW2_NB_SNAPSHOTS,
                         "there are snapshots beside an external data file");
}
