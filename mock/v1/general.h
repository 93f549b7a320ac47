/* What holds for all calls of the Images API v1 (truth, images-v1: "Versions, auth, methods"), and what
 * several of them share. */
#ifndef MOCK_V1_GENERAL_H
#define MOCK_V1_GENERAL_H

#include "mock/manners.h"

bool v1_admits_anonymous(const struct exchange *exchange);

/* 401 where versions are told with a token only, which breaks a rule. */
void v1_ask_for_token(struct exchange *exchange);

extern const struct manners v1_manners;

/* Whether the refusal of a method tells these methods. */
bool v1_tells_methods(const struct exchange *exchange, const char *allow);

/* The image of the path, a reference; NULL with 404 in `refusal` for one that the requester does not see. */
struct image *v1_find(const struct exchange *exchange, struct refusal *refusal);
bool v1_refuse_unknown(const struct exchange *exchange, struct refusal *refusal);

/* Members of an image see it, and so does everybody whom the Images API v2 lets read it. */
bool v1_visible(const struct exchange *exchange, const struct image *image);

#endif
