#include "conformance/formats/vmdk/vmdk_image.h"

#include <inttypes.h>

const char *vmdk_kind_text(unsigned kind)
{
    static const char *const texts[] = {
        [VMDK_KIND_DATA] = "a grain",
        [VMDK_KIND_HEADER] = "the header",
        [VMDK_KIND_DESCRIPTOR] = "the descriptor",
        [VMDK_KIND_GD] = "the grain directory",
        [VMDK_KIND_GT] = "a grain table",
        [VMDK_KIND_RGD] = "the redundant grain directory",
        [VMDK_KIND_RGT] = "a redundant grain table",
        [VMDK_KIND_FOOTER] = "the footer",
        [VMDK_KIND_JOURNAL] = "the journal",
        [VMDK_KIND_ALLOCATION] = "the free bitmap or the backmap",
        [VMDK_KIND_GT_DONE] = "a grain table",
    };
    return texts[kind];
}

void vmdk_claim(struct vmdk_sparse *extent, enum vmdk_kind kind, uint64_t sector, uint64_t sectors,
                uint64_t at, const char *field)
{
    struct interval_clash clash;
    if (!interval_map_claim_table(extent->check->map, kind, sector * VMDK_SECTOR_SIZE,
                                  sectors * VMDK_SECTOR_SIZE, &clash))
        check_find(extent->check, RULE_VMDK_OVERLAP_TABLES, at, field, "%s at sector %" PRIu64 " overlaps %s",
                   vmdk_kind_text(kind), sector, vmdk_kind_text(clash.kind));
}
