#include "conformance/formats/vmdk/vmdk_image.h"

static const char *const kind_texts[] = {
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

static const struct check_kinds kinds = {kind_texts, RULE_VMDK_OVERLAP_TABLES};

void vmdk_start_map(struct vmdk_sparse *extent)
{
    check_start_map(extent->check, VMDK_SECTOR_SIZE, &kinds);
}

void vmdk_claim(struct vmdk_sparse *extent, enum vmdk_kind kind, uint64_t sector, uint64_t sectors,
                uint64_t at, const char *field)
{
    check_claim(extent->check, kind, sector * VMDK_SECTOR_SIZE, sectors * VMDK_SECTOR_SIZE, at, field);
}
