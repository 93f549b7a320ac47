/* The disk and container formats of the Images API v1 (glance-v1/parameters.yaml, x-image-meta-disk_format
 * and x-image-meta-container_format; truth, images-v1: "POST /v1/images"). */
#ifndef MOCK_V1_FORMATS_H
#define MOCK_V1_FORMATS_H

#include <stdbool.h>

#include "mock/v1/meta.h"

/* 400 for unknown formats, and for an Amazon format beside another; one Amazon format alone sets both. */
bool v1_formats_good(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal);

#endif
