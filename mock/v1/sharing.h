/* Members of images (glance-v1/images-sharing-v1.inc; truth, images-v1: "Members"). */
#ifndef MOCK_V1_SHARING_H
#define MOCK_V1_SHARING_H

#include "mock/exchange.h"

/* 404 where sharing is not exposed at all, and 403 where policy lets nobody change members. */
bool v1_sharing_exposed(const struct exchange *exchange, struct refusal *refusal);
bool v1_sharing_permitted(const struct exchange *exchange, enum rule rule, struct refusal *refusal);

/* The image of the path, a reference, where the requester may change its members: the owner may, and so may
 * a member that can share, where the rule holds. NULL with 404 in `refusal`. */
struct image *v1_find_shareable(const struct exchange *exchange, enum rule rule, struct refusal *refusal);

/* The value of can_share in a body: true, or as a text what clients make of it. */
bool v1_can_share(const json_t *value);

/* Gives the draft a member, pending as one that the Images API v2 adds; a private image becomes a shared one.
 */
void v1_share(struct image_draft *draft, const char *project, bool can_share);

/* 413 when they are more than the quota permits; `rule` that it is kept. */
bool v1_members_within(const struct exchange *exchange, size_t count, enum rule rule,
                       struct refusal *refusal);

/* The answer to a change of members: 204 without a body, unless the rule is broken. */
void v1_answer_changed(struct exchange *exchange, enum rule rule);

#endif
