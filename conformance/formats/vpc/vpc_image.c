#include "conformance/formats/vpc/vpc_image.h"

static const char *const kind_texts[] = {
    [VPC_KIND_DATA] = "a block",
    [VPC_KIND_COPY] = "the copy of the footer",
    [VPC_KIND_FOOTER] = "the footer",
    [VPC_KIND_DYNAMIC] = "the dynamic disk header",
    [VPC_KIND_BAT] = "the block allocation table",
    [VPC_KIND_LOCATOR] = "a parent locator",
};

const struct check_kinds vpc_kinds = {kind_texts, RULE_VPC_OVERLAP_TABLES};

uint32_t vpc_checksum(const struct record *record, unsigned checksum_field)
{
    const struct layout_field *field = &record->layout->fields[checksum_field];
    uint32_t sum = 0;
    for (uint32_t i = 0; i < record->layout->size; i++) {
        if (i < field->offset || i >= field->offset + field->width)
            sum += record->bytes[i];
    }
    return ~sum;
}
