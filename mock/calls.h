/* The calls that routes.def lists, and what several of them share. */
#ifndef MOCK_CALLS_H
#define MOCK_CALLS_H

#include "mock/exchange.h"
#include "mock/intake.h"

#define ROUTE(name, method, path) extern const struct call call_##name;
#include "mock/routes.def"
#undef ROUTE

/* An image as the Images API v2 shows it. */
void answer_image(struct exchange *exchange, int status, const struct image *image);

/* What has 404 for an image that the requester cannot see, and 403 for one that it cannot write. */
struct image *find_readable(struct exchange *exchange, struct refusal *refusal); /* a reference, or NULL */
struct image *find_writable(struct exchange *exchange, struct refusal *refusal);

/* 404: what any unknown, deleted or hidden image is answered with. */
bool refuse_unknown_image(struct refusal *refusal, const char *id);

/* The body as JSON, owned; NULL with 400 in `refusal`. */
json_t *parse_json_body(const struct exchange *exchange, struct refusal *refusal);

/* The quotas that hold for the requester's project (413). */
bool limits_permit(const struct exchange *exchange, const json_t *attributes, struct refusal *refusal);

/* What holds back data: `status` and its sentence. Always false. */
bool refuse_intake(struct refusal *refusal, int status, enum intake_result result,
                   const struct intake_terms *terms);

/* Seals the draft of a revision of `old` and stores it; takes over the draft. A reference to the revision,
 * or NULL when `old` is not what is stored any more. */
struct image *store_revision(struct exchange *exchange, const struct image *old, struct image_draft *draft);

/* Changes the status of the image of the path from one of two to `to` (deactivate, reactivate). */
void switch_status(struct exchange *exchange, enum image_status to);

#endif
