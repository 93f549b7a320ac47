/* On what terms an image is made or changed: what must hold of its fields beyond their types, alone and
 * together, and who may set them. */
#ifndef MOCK_V1_TERMS_H
#define MOCK_V1_TERMS_H

#include "mock/v1/meta.h"

/* 400 where a field is no good by itself or beside the others; some that need not be good are forgotten. */
bool v1_terms_hold(struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal);
/* 403 for what the requester may not set. */
bool v1_terms_permit(const struct v1_meta *meta, const struct exchange *exchange, struct refusal *refusal);
/* Whether the attributes still have the properties that only an administrator may remove (403). */
bool v1_protected_kept(const struct exchange *exchange, const struct image *before, const json_t *attributes,
                       struct refusal *refusal);
/* 413 for more properties than the quota permits. */
bool v1_properties_within(const struct exchange *exchange, const json_t *attributes, struct refusal *refusal);

#endif
