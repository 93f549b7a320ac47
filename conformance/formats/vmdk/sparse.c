/* A whole sparse extent of a hosted product: section "Hosted Sparse Extent Metadata". */
#include "conformance/formats/vmdk/vmdk_image.h"

void vmdk_check_sparse(struct vmdk_sparse *extent)
{
    extent->file_size = source_size(extent->check->source);
    vmdk_start_map(extent);
    if (!vmdk_check_header(extent))
        return;
    vmdk_check_grains(extent);
    if (extent->markers)
        vmdk_check_stream(extent);
}
