#include "conformance/formats/vpc/vpc_image.h"

#include <inttypes.h>

const char *vpc_kind_text(unsigned kind)
{
    static const char *const texts[] = {
        [VPC_KIND_DATA] = "a block",
        [VPC_KIND_COPY] = "the copy of the footer",
        [VPC_KIND_FOOTER] = "the footer",
        [VPC_KIND_DYNAMIC] = "the dynamic disk header",
        [VPC_KIND_BAT] = "the block allocation table",
        [VPC_KIND_LOCATOR] = "a parent locator",
    };
    return texts[kind];
}

void vpc_claim(struct vpc *image, enum vpc_kind kind, uint64_t offset, uint64_t length, uint64_t at,
               const char *field)
{
    struct interval_clash clash;
    if (!interval_map_claim_table(image->check->map, kind, offset, length, &clash))
        check_find(image->check, RULE_VPC_OVERLAP_TABLES, at, field, "%s at %" PRIu64 " overlaps %s",
                   vpc_kind_text(kind), offset, vpc_kind_text(clash.kind));
}

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
