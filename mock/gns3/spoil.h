/* What broken rules do to images that would otherwise be right. */
#ifndef MOCK_GNS3_SPOIL_H
#define MOCK_GNS3_SPOIL_H

#include "fixtures/builders/files.h"

/* A byte of the image's first file, which its format needs as it was, becomes another. Raw images have none.
 */
bool spoil_image(struct files *files, const char *format, struct err *err);
/* Changes a byte of the guest's data in an image that grows in place: the first of raw, and of qcow2. */
bool spoil_content(struct files *files, const char *format, struct err *err);
/* The last extent of a set becomes empty. */
bool spoil_last_extent(struct files *files, struct err *err);

#endif
